package dev.overtake.control.page;

import java.lang.foreign.MemorySegment;

/** A word of the page on which threads of all processes wait. Thread-safe. */
final class Futex {
  private Futex() {}

  /**
   * Waits while the word is {@code expected}, no longer than the timeout. It may return early: the
   * caller looks at the word again.
   *
   * @param timeoutNanos at least 0
   */
  static void await(MemorySegment word, int expected, long timeoutNanos) {
    int failure = Libc.futexWait(word, expected, timeoutNanos);
    switch (failure) {
      case 0, Libc.EAGAIN, Libc.EINTR, Libc.ETIMEDOUT -> {}
      default ->
          throw new IllegalStateException(
              "waiting on a word of the control page failed (errno %d)".formatted(failure));
    }
  }

  /** Wakes all that wait on the word. */
  static void wakeAll(MemorySegment word) {
    Libc.futexWake(word);
  }
}
