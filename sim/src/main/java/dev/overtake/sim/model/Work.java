package dev.overtake.sim.model;

import java.util.List;

/**
 * What a request is: commands that are launched one after the other. Its program synchronizes with
 * the device behind the last of them, or runs ahead of it by some requests.
 *
 * @param commandNanos how long a command keeps an engine busy, where that was not recorded
 * @param commands how many there are in an iteration, likewise; rounded, and at least 1
 * @param recorded iterations as somebody recorded them, by how long each command takes: they come
 *     in this order, from any one of them on, and the first behind the last. What varies slowly, or
 *     from command to command, so varies here. Empty where nothing was recorded
 * @param hostNanos what the program computes before each launch, and within which it launches
 *     nothing; a command that has to wait for its launch keeps the program from going on
 * @param iterations how often all that is done in one request, before it synchronizes; at least 1.
 *     Above 1 for batch loops that synchronize after so many
 * @param requestsAhead how many requests the program launches before it waits for the oldest of
 *     them; at least 1. Above 1 for programs that need no result before they go on
 */
public record Work(
    Distribution commandNanos,
    Distribution commands,
    List<List<Long>> recorded,
    Distribution hostNanos,
    int iterations,
    int requestsAhead) {
  /** Runs ahead as far as there are requests. */
  public static final int ALL_AHEAD = Integer.MAX_VALUE;

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Work {
    recorded = recorded.stream().map(List::copyOf).toList();
    Check.positive("the number of iterations of a request", iterations);
    Check.positive("how many requests a program launches ahead", requestsAhead);
    Check.positive("the mean number of commands of a request", commands.mean());
  }

  /** Requests of one command. */
  public static Work oneCommand(Distribution commandNanos) {
    return commands(1, commandNanos);
  }

  /** Requests of so many commands, launched without pause. */
  public static Work commands(int commands, Distribution commandNanos) {
    return new Work(
        commandNanos,
        new Distribution.Constant(commands),
        List.of(),
        new Distribution.Constant(0),
        1,
        1);
  }

  /** The same with time of the host before each launch. */
  public Work withHostNanos(Distribution hostNanos) {
    return new Work(commandNanos, commands, recorded, hostNanos, iterations, requestsAhead);
  }

  /** The same, so often in one request. */
  public Work withIterations(int iterations) {
    return new Work(commandNanos, commands, recorded, hostNanos, iterations, requestsAhead);
  }

  /** The same with so many requests launched before the program waits for the oldest. */
  public Work withRequestsAhead(int requestsAhead) {
    return new Work(commandNanos, commands, recorded, hostNanos, iterations, requestsAhead);
  }

  /** The device time of a request, on average. */
  public double meanDeviceNanos() {
    return iterations * commands.mean() * commandNanos.mean();
  }
}
