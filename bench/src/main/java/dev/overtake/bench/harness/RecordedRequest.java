package dev.overtake.bench.harness;

import java.util.List;

/**
 * One pass of a side that ran without a scheduler.
 *
 * @param side {@code high} or {@code low} where it ran alone; beside the other side with the
 *     topology, as in {@code high-shared}
 * @param dueNanos when it was due, from the beginning of the first such trial, the time between
 *     trials left out; of the low side, which has no due times: when it would have begun had the
 *     passes followed one another without a pause
 * @param commandNanos how long each of its commands took on the device
 */
public record RecordedRequest(String side, long dueNanos, List<Long> commandNanos) {
  public RecordedRequest {
    commandNanos = List.copyOf(commandNanos);
  }
}
