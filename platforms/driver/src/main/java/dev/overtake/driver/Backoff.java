package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits for what a device does: it spins for a while, since to be woken takes tens of
 * microseconds, and then looks at intervals, since a processor is worth more than those. Confined
 * to its thread.
 */
final class Backoff {
  /** A machine with fewer has none to spare for this. */
  private static final int MANY_PROCESSORS = 8;

  /** How long to spin, unless something speaks against it. */
  static final long SPIN_NANOS =
      MICROSECONDS.toNanos(Long.getLong("overtake.spinMicros", defaultSpinMicros()));

  private static final long INTERVAL_NANOS = MICROSECONDS.toNanos(20);

  private final long spinNanos;
  private long sinceNanos = System.nanoTime();

  Backoff() {
    this(SPIN_NANOS);
  }

  Backoff(long spinNanos) {
    this.spinNanos = spinNanos;
  }

  private static long defaultSpinMicros() {
    return Runtime.getRuntime().availableProcessors() >= MANY_PROCESSORS ? 20_000 : 1_000;
  }

  /** Something happened: it may soon again. */
  void reset() {
    sinceNanos = System.nanoTime();
  }

  void pause() {
    if (System.nanoTime() - sinceNanos < spinNanos) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(this, INTERVAL_NANOS);
    }
  }
}
