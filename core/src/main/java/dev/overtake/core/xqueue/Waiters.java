package dev.overtake.core.xqueue;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait for commands of one queue. Waking a thread costs the hardware's own thread,
 * which reports completions, more than a launch does; so nobody is woken before the earliest
 * submission that somebody waits for has finished. The others then say again what they wait for.
 *
 * <p>Confined to the queue's lock.
 */
final class Waiters {
  private static final long NOBODY = Long.MAX_VALUE;

  private final Condition progress;

  /** The earliest submission that somebody waits for. */
  private long earliest = NOBODY;

  Waiters(ReentrantLock lock) {
    progress = lock.newCondition();
  }

  /**
   * Waits for a condition that comes true when this submission finishes, at the latest.
   *
   * @return false if it has not come true in time
   */
  boolean await(long submitNumber, BooleanSupplier finished, long timeoutNanos)
      throws InterruptedException {
    long remainingNanos = timeoutNanos;
    while (!finished.getAsBoolean()) {
      if (remainingNanos <= 0) {
        return false;
      }
      earliest = Math.min(earliest, submitNumber);
      remainingNanos = progress.awaitNanos(remainingNanos);
    }
    return true;
  }

  /** The same without a limit, and deaf to interruption. */
  void awaitUninterruptibly(long submitNumber, BooleanSupplier finished) {
    while (!finished.getAsBoolean()) {
      earliest = Math.min(earliest, submitNumber);
      progress.awaitUninterruptibly();
    }
  }

  /** Commands were dropped: some have finished before older ones, so everybody has to look. */
  void expectAnything() {
    earliest = 0;
  }

  /** Wakes the waiters if one of them may have something to see. */
  void wake(LaunchWorker worker) {
    if (earliest != NOBODY && worker.hasFinished(earliest)) {
      earliest = NOBODY;
      progress.signalAll();
    }
  }
}
