package dev.overtake.core.policy;

import java.util.List;

/**
 * All queues of a scheduler at one moment. A policy names a queue by its index in the list.
 *
 * @param queues in the order in which they were attached
 */
public record Snapshot(List<QueueStatus> queues) {
  public Snapshot {
    queues = List.copyOf(queues);
  }
}
