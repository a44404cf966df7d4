package dev.overtake.sim.model;

/**
 * What a request is: commands that are launched one after the other, and a synchronization that
 * waits for the last of them.
 *
 * @param commandNanos how long a command keeps an engine busy
 * @param commands how many there are in an iteration; rounded, and at least 1
 * @param hostNanos what the program computes before each launch, and within which it launches
 *     nothing; a command that has to wait for its launch keeps the program from going on
 * @param iterations how often all that is done in one request, before it synchronizes; at least 1.
 *     Above 1 for batch loops that run ahead of the device
 */
public record Work(
    Distribution commandNanos, Distribution commands, Distribution hostNanos, int iterations) {
  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Work {
    Check.positive("the number of iterations of a request", iterations);
    Check.positive("the mean number of commands of a request", commands.mean());
  }

  /** Requests of one command. */
  public static Work oneCommand(Distribution commandNanos) {
    return commands(1, commandNanos);
  }

  /** Requests of so many commands, launched without pause. */
  public static Work commands(int commands, Distribution commandNanos) {
    return new Work(
        commandNanos, new Distribution.Constant(commands), new Distribution.Constant(0), 1);
  }

  /** The same with time of the host before each launch. */
  public Work withHostNanos(Distribution hostNanos) {
    return new Work(commandNanos, commands, hostNanos, iterations);
  }

  /** The same, so often in one request. */
  public Work withIterations(int iterations) {
    return new Work(commandNanos, commands, hostNanos, iterations);
  }

  /** The device time of a request, on average. */
  public double meanDeviceNanos() {
    return iterations * commands.mean() * commandNanos.mean();
  }
}
