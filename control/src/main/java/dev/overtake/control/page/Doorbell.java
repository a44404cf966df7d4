package dev.overtake.control.page;

import dev.overtake.control.page.PageLayout.Header;

/**
 * The word by which the daemon hears that something changed. Anybody rings; only the daemon waits.
 */
public final class Doorbell {
  private static final long HEADER = 0;

  private final Words words;

  Doorbell(Words words) {
    this.words = words;
  }

  /** Tells the daemon, if there is one, to look. */
  public void ring() {
    words.increment(HEADER, Header.DOORBELL);
    if (words.u32(HEADER, Header.DOORBELL_WAITERS) != 0) {
      Futex.wakeAll(words.futex(HEADER, Header.DOORBELL));
    }
  }

  /** How often it rang, modulo 2^32. Read before looking, it tells whether to look again. */
  public int rings() {
    return words.u32(HEADER, Header.DOORBELL);
  }

  /**
   * Waits until it has rung again since it gave {@code seen}, or for the timeout; it may return
   * early.
   *
   * @param timeoutNanos at least 0
   */
  public void await(int seen, long timeoutNanos) {
    words.u32(HEADER, Header.DOORBELL_WAITERS, 1);
    try {
      // The kernel compares: a ring between the caller's look and now is not missed.
      Futex.await(words.futex(HEADER, Header.DOORBELL), seen, timeoutNanos);
    } finally {
      words.u32(HEADER, Header.DOORBELL_WAITERS, 0);
    }
  }
}
