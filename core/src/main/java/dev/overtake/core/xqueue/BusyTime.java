package dev.overtake.core.xqueue;

/**
 * For how long a queue has had commands on the hardware, in all, while the hardware was not
 * deactivated. At level 2 what still runs when the queue is held is not counted: nobody tells when
 * that ends, since the next marker may stand behind commands that are held back. One thread at a
 * time writes it; any may read.
 */
final class BusyTime {
  /**
   * While busy, what there was before less the time at which that began; else what there is. The
   * lowest bit says which, so that a reader sees both or neither of a change.
   */
  private volatile long word;

  /**
   * From now on it has some, or has none.
   *
   * @param nowNanos not before that of the last call
   */
  void set(boolean busy, long nowNanos) {
    long old = word;
    if (busy != isBusy(old)) {
      long nanos = old >> 1;
      word = busy ? (nanos - nowNanos) << 1 | 1 : (nanos + nowNanos) << 1;
    }
  }

  boolean isBusy() {
    return isBusy(word);
  }

  /** In nanoseconds. */
  long nanos(long nowNanos) {
    long read = word;
    return isBusy(read) ? Math.max(0, (read >> 1) + nowNanos) : read >> 1;
  }

  private static boolean isBusy(long word) {
    return (word & 1) != 0;
  }
}
