package dev.overtake.cli;

import dev.overtake.control.page.LaunchHints;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code overtake hint} changes about how commands are launched. */
final class LaunchHintOptions {
  @Option(
      names = "--level",
      paramLabel = "N",
      description =
          "Preemption level 1 to 3; 0: the best that there is. A program that was started with"
              + " level 1 gets no level 2 later.")
  private @Nullable Integer level;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "At most this many commands in flight in each stream; with --batch.")
  private @Nullable Integer threshold;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "A marker every so many commands, 1 to T.")
  private @Nullable Integer batch;

  @Option(
      names = "--in-flight",
      paramLabel = "TIME",
      converter = TimeConverters.MicrosConverter.class,
      description =
          "At most this much work in flight in each stream: 300us, 1ms. In place of T and B.")
  private @Nullable Integer inFlightMicros;

  @Option(
      names = "--linger",
      paramLabel = "TIME",
      converter = TimeConverters.LingerConverter.class,
      description = "Ready for so long after its work has ended: 200us, or adaptive.")
  private @Nullable Integer lingerMicros;

  /**
   * What was typed.
   *
   * @throws IllegalArgumentException if it is wrong; the message says what to give
   */
  LaunchHints hints() {
    return new LaunchHints(level, threshold, batch, inFlightMicros, lingerMicros);
  }
}
