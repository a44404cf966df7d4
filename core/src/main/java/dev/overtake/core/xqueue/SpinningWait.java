package dev.overtake.core.xqueue;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waiting for a command without giving up the processor. A thread that was parked comes back some
 * tens of microseconds late, and who wakes it pays some of them, too; that is much where a request
 * takes a millisecond.
 *
 * <p>As many threads do so at a time as a quarter of the machine's processors, of urgent queues
 * half; the others park.
 */
final class SpinningWait {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final AtomicInteger THREADS = new AtomicInteger();

  private SpinningWait() {}

  /**
   * Waits for the command's end, for no longer than this, and until the thread is interrupted.
   * Returns at once for a virtual thread, whose processor others wait for.
   *
   * @param urgent whether the queue's priority is above the default
   */
  static void await(Command command, long mostNanos, boolean urgent) {
    if (mostNanos <= 0 || Thread.currentThread().isVirtual()) {
      return;
    }
    int most = PROCESSORS / (urgent ? 2 : 4);
    if (THREADS.getAndUpdate(threads -> threads < most ? threads + 1 : threads) >= most) {
      return;
    }
    long start = System.nanoTime();
    while (!command.state().isFinished()
        && System.nanoTime() - start < mostNanos
        && !Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
    THREADS.decrementAndGet();
  }
}
