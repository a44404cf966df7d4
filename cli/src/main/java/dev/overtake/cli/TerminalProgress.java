package dev.overtake.cli;

import dev.overtake.bench.harness.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * An experiment's progress on standard error: a bar with the time left on a terminal, elsewhere a
 * line whenever something else is measured.
 */
final class TerminalProgress implements Progress, AutoCloseable {
  private static final int UPDATE_MILLIS = 500;
  private static final int MILLIS_PER_SECOND = 1000;

  private final PrintWriter err;
  private final int columns;
  private @Nullable ProgressBar bar;
  private String shown = "";
  private double totalSeconds;

  /**
   * @param columns how wide the terminal is, where there is one
   */
  TerminalProgress(PrintWriter err, int columns) {
    this.err = err;
    this.columns = columns;
  }

  @Override
  public void begin(double totalSeconds) {
    this.totalSeconds = totalSeconds;
    if (isTerminal()) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("measuring")
              .setInitialMax(Math.round(totalSeconds * MILLIS_PER_SECOND))
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setStyle(ProgressBarStyle.ASCII)
              .setEtaFunction(state -> Optional.of(left(state.getCurrent())))
              // Its own way to the terminal would take the signals away: Ctrl-C would lose all.
              .setConsumer(new ConsoleProgressBarConsumer(System.err, columns))
              .build();
    }
  }

  @Override
  public void at(double seconds, String doing) {
    if (bar != null) {
      bar.stepTo(Math.round(seconds * MILLIS_PER_SECOND));
      bar.setExtraMessage(doing);
    } else if (!doing.equals(shown)) {
      err.printf("[%3.0f s left] %s%n", totalSeconds - seconds, doing);
      err.flush();
    }
    shown = doing;
  }

  /** As the launcher says: System.console speaks of standard input and output only. */
  private static boolean isTerminal() {
    return Boolean.getBoolean("overtake.stderr.tty");
  }

  private Duration left(long doneMillis) {
    return Duration.ofMillis(
        Math.max(0, Math.round(totalSeconds * MILLIS_PER_SECOND) - doneMillis));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
