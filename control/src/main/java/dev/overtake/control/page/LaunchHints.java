package dev.overtake.control.page;

import org.jspecify.annotations.Nullable;

/**
 * What somebody changes about how a queue's commands are launched; what is null stays as it is.
 *
 * @param level 0 (best available), 1 to 3
 * @param threshold 1 to {@value #MAX_THRESHOLD} commands, with a batch
 * @param batch 1 to threshold
 * @param inFlightMicros 1 to {@value #MAX_MICROS}; takes the place of a threshold and batch
 * @param lingerMicros 0 to {@value #MAX_MICROS}, or {@link PageLayout#LINGER_ADAPTIVE}
 */
public record LaunchHints(
    @Nullable Integer level,
    @Nullable Integer threshold,
    @Nullable Integer batch,
    @Nullable Integer inFlightMicros,
    @Nullable Integer lingerMicros) {
  public static final int MAX_THRESHOLD = 65_536;

  /** One second: whoever waits longer than that does not share, he takes turns. */
  public static final int MAX_MICROS = 1_000_000;

  /** Changes nothing. */
  public static final LaunchHints NOTHING = new LaunchHints(null, null, null, null, null);

  /**
   * @throws IllegalArgumentException if a value is out of range, or values contradict one another;
   *     the message says which and what to give
   */
  public LaunchHints {
    range("level", level, 0, 3);
    range("threshold", threshold, 1, MAX_THRESHOLD);
    range("in-flight time", inFlightMicros, 1, MAX_MICROS);
    if (lingerMicros != null && lingerMicros != PageLayout.LINGER_ADAPTIVE) {
      range("linger time", lingerMicros, 0, MAX_MICROS);
    }
    if ((threshold == null) != (batch == null)) {
      throw new IllegalArgumentException(
          "threshold and batch go together: give both, or neither for a launch config by time");
    }
    if (threshold != null && batch != null) {
      range("batch", batch, 1, threshold);
      if (inFlightMicros != null) {
        throw new IllegalArgumentException(
            "a launch config is either commands (threshold, batch) or time in flight: give one");
      }
    }
  }

  private static void range(String name, @Nullable Integer value, int min, int max) {
    if (value != null && (value < min || value > max)) {
      throw new IllegalArgumentException(
          "%s is %d: give %d to %d".formatted(name, value, min, max));
    }
  }
}
