package dev.overtake.shim;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waiting for something that will be true: its deadline is there for what hangs, not for what is
 * slow.
 */
final class Waiting {
  static final Duration DEADLINE = Duration.ofSeconds(90);

  private static final long POLL_NANOS = 1_000_000;

  private Waiting() {}

  /**
   * Waits until the condition holds.
   *
   * @return how long it took
   * @throws AssertionError past the deadline
   */
  static Duration until(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > DEADLINE.toNanos()) {
        throw new AssertionError("not within " + DEADLINE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
