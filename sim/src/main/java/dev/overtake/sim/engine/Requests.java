package dev.overtake.sim.engine;

import java.util.Arrays;

/**
 * Requests that wait or are being answered, oldest first: when each was due, and when the device
 * began with it.
 */
final class Requests {
  private long[] dueNanos = new long[8];
  private long[] begunNanos = new long[8];
  private int head;
  private int size;

  /** Of them, the oldest so many that the device has begun with. */
  private int begun;

  void add(long due) {
    if (size == dueNanos.length) {
      dueNanos = grown(dueNanos);
      begunNanos = grown(begunNanos);
    }
    dueNanos[slot(size++)] = due;
  }

  private long[] grown(long[] times) {
    long[] longer = Arrays.copyOf(times, 2 * size);
    // What had wrapped around goes behind the old end.
    System.arraycopy(times, 0, longer, size, head);
    return longer;
  }

  private int slot(int place) {
    return (head + place) & (dueNanos.length - 1);
  }

  /** The device begins with the oldest one that it has not begun with. */
  void begin(long nanos) {
    begunNanos[slot(begun++)] = nanos;
  }

  long oldestDueNanos() {
    return dueNanos[head];
  }

  long oldestBegunNanos() {
    return begunNanos[head];
  }

  void removeOldest() {
    head = slot(1);
    size--;
    begun = Math.max(0, begun - 1);
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }
}
