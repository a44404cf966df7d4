package dev.overtake.cli;

import dev.overtake.bench.harness.StopSignal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C, or a polite kill, into a {@link StopSignal}, so that the command can write what it
 * has and end with the signal's status. Before there is anything to keep, the JVM ends at once.
 *
 * <p>Not a shutdown hook: ONNX Runtime has one too, which runs beside it and destroys the thread
 * pool that commands are still computing on.
 */
final class InterruptByUser implements AutoCloseable {
  /** POSIX names and numbers of what asks a program to end. */
  private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  /** What shells report for a program that a signal ended is this, plus its number. */
  private static final int STATUS_OF_SIGNAL = 128;

  /**
   * A command that takes longer than this to write its results is stuck. A worker of the bench has
   * a minute to end what it has begun.
   */
  private static final long PATIENCE_MILLIS = 90_000;

  private final StopSignal signal = new StopSignal();
  private final Map<String, @Nullable Object> formerHandlers = new LinkedHashMap<>();

  // Under this.
  private boolean keeping;
  private int status = ExitStatus.OK;

  InterruptByUser() {
    SIGNALS.forEach(
        (name, number) ->
            formerHandlers.put(
                name, Signals.register(name, () -> received(STATUS_OF_SIGNAL + number))));
  }

  /** From now on there is something to keep: raised by the user instead of ending the JVM. */
  synchronized StopSignal keep() {
    keeping = true;
    return signal;
  }

  /** What to end with: {@link ExitStatus#OK}, or the status of the first signal that came. */
  synchronized int status() {
    return status;
  }

  /** Signals do again what they did before. */
  @Override
  public void close() {
    formerHandlers.forEach(Signals::unregister);
  }

  private synchronized void received(int statusOfSignal) {
    if (!keeping) {
      Runtime.getRuntime().halt(statusOfSignal);
    }
    if (status == ExitStatus.OK) {
      status = statusOfSignal;
      signal.raise();
      Thread.ofPlatform().daemon().name("overtake-patience").start(() -> runOut(statusOfSignal));
    }
  }

  private static void runOut(int statusOfSignal) {
    try {
      Thread.sleep(PATIENCE_MILLIS);
      Runtime.getRuntime().halt(statusOfSignal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
