package dev.overtake.cli;

import dev.overtake.bench.harness.StopSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C, or a polite kill, into a {@link StopSignal}, and holds the JVM's end back until the
 * command has written what it has. The JVM's exit status is then the signal's.
 */
final class InterruptByUser implements AutoCloseable {
  /** A command that takes longer than this to write its results is stuck. */
  private static final long PATIENCE_SECONDS = 30;

  private final StopSignal signal = new StopSignal();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "overtake-interrupt");

  InterruptByUser() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  StopSignal signal() {
    return signal;
  }

  /** The command has written everything. */
  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook is what holds it, and was just let go.
    }
  }

  private void stopAndWait() {
    signal.raise();
    try {
      boolean _ = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
