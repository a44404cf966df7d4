package dev.overtake.sim.engine;

import java.util.Arrays;

/** Requests that wait or are being answered, oldest first, by when they were due. */
final class Requests {
  private long[] dueNanos = new long[8];
  private int head;
  private int size;

  void add(long due) {
    if (size == dueNanos.length) {
      long[] longer = Arrays.copyOf(dueNanos, 2 * size);
      // What had wrapped around goes behind the old end.
      System.arraycopy(dueNanos, 0, longer, size, head);
      dueNanos = longer;
    }
    dueNanos[(head + size++) & (dueNanos.length - 1)] = due;
  }

  long oldest() {
    return dueNanos[head];
  }

  long removeOldest() {
    long due = dueNanos[head];
    head = (head + 1) & (dueNanos.length - 1);
    size--;
    return due;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }
}
