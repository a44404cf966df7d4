package dev.overtake.sim.trace;

import java.util.List;

/**
 * One recorded request.
 *
 * @param client who sent it; not blank
 * @param dueNanos when it was due, from the beginning of the recording; 0 or more
 * @param commandNanos how long each of its commands took on the device by itself, 0 or more each;
 *     empty if nobody knows
 */
public record TracedRequest(String client, long dueNanos, List<Long> commandNanos) {
  /**
   * @throws IllegalArgumentException if a value is out of range; the message says which
   */
  public TracedRequest {
    if (client.isBlank()) {
      throw new IllegalArgumentException("the client has no name: give one");
    }
    if (dueNanos < 0) {
      throw new IllegalArgumentException("dueNanos is %d: give 0 or more".formatted(dueNanos));
    }
    commandNanos = List.copyOf(commandNanos);
    for (long nanos : commandNanos) {
      if (nanos < 0) {
        throw new IllegalArgumentException(
            "a command of %d ns is not possible: give 0 or more".formatted(nanos));
      }
    }
  }
}
