package dev.overtake.sim.engine;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Virtual time, and what happens next. Each thing that can happen has one timer, which is set or
 * not: so an event that is called off leaves nothing behind, and setting one allocates nothing. A
 * binary heap; what is due at the same time happens in the order in which the timers were made.
 */
final class Timers {
  /** No time at all. */
  static final long NEVER = Long.MAX_VALUE;

  /** Something that happens at a time, again and again. */
  final class Timer {
    private static final int UNSET = -1;

    private final int rank;
    private final LongConsumer action;
    private int slot = UNSET;

    private Timer(int rank, LongConsumer action) {
      this.rank = rank;
      this.action = action;
    }

    boolean isSet() {
      return slot != UNSET;
    }

    /**
     * Sets it, or moves it.
     *
     * @param nanos not before now; {@link Timers#NEVER} unsets it
     */
    void set(long nanos) {
      if (nanos == NEVER) {
        cancel();
        return;
      }
      if (slot == UNSET) {
        if (size == heap.length) {
          heap = Arrays.copyOf(heap, 2 * size);
          times = Arrays.copyOf(times, 2 * size);
        }
        put(size++, this, nanos);
      } else {
        times[slot] = nanos;
      }
      restore(slot);
    }

    void cancel() {
      if (slot == UNSET) {
        return;
      }
      int hole = slot;
      slot = UNSET;
      size--;
      if (hole != size) {
        put(hole, heap[size], times[size]);
        restore(hole);
      }
    }
  }

  private long[] times = new long[16];
  private Timer[] heap = new Timer[16];
  private int size;
  private int made;
  private long fired;

  /** A timer that is not set yet; its action is given the time. */
  Timer make(LongConsumer action) {
    return new Timer(made++, action);
  }

  /** When something happens next, or {@link #NEVER}. */
  long nextNanos() {
    return size == 0 ? NEVER : times[0];
  }

  /** Lets the next thing happen. */
  void fireNext() {
    long now = times[0];
    Timer timer = heap[0];
    timer.cancel();
    fired++;
    timer.action.accept(now);
  }

  /** How many things have happened. */
  long fired() {
    return fired;
  }

  private void put(int slot, Timer timer, long nanos) {
    heap[slot] = timer;
    times[slot] = nanos;
    timer.slot = slot;
  }

  private boolean isBefore(long nanos, Timer timer, int slot) {
    return nanos < times[slot] || (nanos == times[slot] && timer.rank < heap[slot].rank);
  }

  /** Moves what stands in this slot to where it belongs. */
  private void restore(int slot) {
    Timer timer = heap[slot];
    long nanos = times[slot];
    int hole = slot;
    while (hole > 0 && isBefore(nanos, timer, (hole - 1) / 2)) {
      int parent = (hole - 1) / 2;
      put(hole, heap[parent], times[parent]);
      hole = parent;
    }
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && isBefore(times[child + 1], heap[child + 1], child)) {
        child++;
      }
      if (isBefore(nanos, timer, child)) {
        break;
      }
      put(hole, heap[child], times[child]);
      hole = child;
    }
    put(hole, timer, nanos);
  }
}
