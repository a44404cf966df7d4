package dev.overtake.core.xqueue;

/**
 * Progressive launching: how many commands a queue keeps on the hardware (XSched, OSDI'25, section
 * 4.1). Fewer in flight means a shorter wait for whoever preempts the queue; more hides the cost of
 * launching.
 *
 * @param thresholdCommands the most commands in flight, at least 1
 * @param batchCommands how many are launched from one completion marker to the next, 1 to threshold
 */
public record LaunchConfig(int thresholdCommands, int batchCommands) {
  /** XSched's default. */
  public static final LaunchConfig DEFAULT = new LaunchConfig(16, 8);

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public LaunchConfig {
    if (thresholdCommands < 1) {
      throw new IllegalArgumentException(
          "threshold is %d: at least 1 command must be allowed in flight"
              .formatted(thresholdCommands));
    }
    if (batchCommands < 1 || batchCommands > thresholdCommands) {
      throw new IllegalArgumentException(
          "batch is %d with threshold %d: give 1 to %d"
              .formatted(batchCommands, thresholdCommands, thresholdCommands));
    }
  }

  @Override
  public String toString() {
    return "(" + thresholdCommands + "," + batchCommands + ")";
  }
}
