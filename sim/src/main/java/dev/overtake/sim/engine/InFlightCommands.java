package dev.overtake.sim.engine;

import java.util.Arrays;

/**
 * The launched commands of a queue that the device has not finished, oldest first: a ring of plain
 * numbers, so that a launch allocates nothing.
 */
final class InFlightCommands {
  static final int FIRST_OF_REQUEST = 1;
  static final int LAST_OF_ITERATION = 2;
  static final int LAST_OF_REQUEST = 4;

  /** A completion marker stands behind it. */
  static final int MARKED = 8;

  /** The device has begun with it, and may have been interrupted since. */
  private static final int STARTED = 16;

  private long[] remainingNanos = new long[8];
  private long[] order = new long[8];
  private int[] flags = new int[8];
  private int head;
  private int size;
  private long sumNanos;
  private long servedNanos;

  /**
   * @param order of the launch among all of the device
   */
  void add(long durationNanos, int commandFlags, long order) {
    if (size == flags.length) {
      grow();
    }
    int slot = (head + size++) & (flags.length - 1);
    remainingNanos[slot] = durationNanos;
    flags[slot] = commandFlags;
    this.order[slot] = order;
    sumNanos += durationNanos;
  }

  private void grow() {
    int old = flags.length;
    remainingNanos = Arrays.copyOf(remainingNanos, 2 * old);
    order = Arrays.copyOf(order, 2 * old);
    flags = Arrays.copyOf(flags, 2 * old);
    // What had wrapped around goes behind the old end.
    System.arraycopy(remainingNanos, 0, remainingNanos, old, head);
    System.arraycopy(order, 0, order, old, head);
    System.arraycopy(flags, 0, flags, old, head);
  }

  /** Takes the oldest out and returns its flags. */
  int removeOldest() {
    int removed = flags[head];
    sumNanos -= remainingNanos[head];
    head = (head + 1) & (flags.length - 1);
    size--;
    return removed;
  }

  /** The oldest ran for so long. */
  void ran(long nanos) {
    remainingNanos[head] -= nanos;
    sumNanos -= nanos;
    servedNanos += nanos;
  }

  /** Places a marker behind the one launched last. */
  void markNewest() {
    flags[(head + size - 1) & (flags.length - 1)] |= MARKED;
  }

  long oldestRemainingNanos() {
    return remainingNanos[head];
  }

  /** The device has begun with the oldest; returns whether its request had not begun before. */
  boolean begin() {
    boolean first = (flags[head] & FIRST_OF_REQUEST) != 0;
    flags[head] = (flags[head] & ~FIRST_OF_REQUEST) | STARTED;
    return first;
  }

  /** Whether there is an oldest, and the device has begun with it. */
  boolean isOldestStarted() {
    return size > 0 && (flags[head] & STARTED) != 0;
  }

  long oldestOrder() {
    return order[head];
  }

  /** What all of them still have to run, as of when the oldest was started. */
  long sumNanos() {
    return sumNanos;
  }

  /** What all that there ever were have run, as of when the oldest was started. */
  long servedNanos() {
    return servedNanos;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }
}
