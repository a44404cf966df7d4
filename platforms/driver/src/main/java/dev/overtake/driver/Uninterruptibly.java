package dev.overtake.driver;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Waits that an interruption does not cut short, since what they wait for has to be done: the
 * thread's flag is set again when they return. Thread-safe.
 */
public final class Uninterruptibly {
  private Uninterruptibly() {}

  /** What can be waited for again where an interruption ended the wait. */
  @FunctionalInterface
  public interface Wait {
    void run() throws InterruptedException;
  }

  /** Waits, as often as it is interrupted. */
  public static void run(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wait.run();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends its threads when they have done all that they were given; its own close() drops that. */
  public static void close(ExecutorService executor) {
    executor.shutdown();
    run(
        () -> {
          boolean _ = executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        });
  }
}
