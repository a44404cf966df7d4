package dev.overtake.sim.trace;

import java.util.List;

/**
 * One recorded request.
 *
 * @param client who sent it; not blank
 * @param dueNanos when it was due, from the beginning of the recording; 0 to {@link #MOST_NANOS}
 * @param commandNanos how long each of its commands took on the device by itself, 0 to {@link
 *     #MOST_NANOS} each; empty if nobody knows
 */
public record TracedRequest(String client, long dueNanos, List<Long> commandNanos) {
  /** Eleven days. Far beyond, sums of times would not be times any more. */
  public static final long MOST_NANOS = 1_000_000_000_000_000L;

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says which
   */
  public TracedRequest {
    if (client.isBlank()) {
      throw new IllegalArgumentException("the client has no name: give one");
    }
    if (dueNanos < 0 || dueNanos > MOST_NANOS) {
      throw new IllegalArgumentException(
          "dueNanos is %d: give 0 to %d".formatted(dueNanos, MOST_NANOS));
    }
    commandNanos = List.copyOf(commandNanos);
    for (long nanos : commandNanos) {
      if (nanos < 0 || nanos > MOST_NANOS) {
        throw new IllegalArgumentException(
            "a command of %d ns is not possible: give 0 to %d".formatted(nanos, MOST_NANOS));
      }
    }
  }
}
