package dev.overtake.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a policy decides over: the queues of a scheduler at one moment, and what the policy
 * itself remembers. It names a queue by its index in the list.
 *
 * @param queues in the order in which they were attached
 * @param memory what this policy's last decision {@linkplain Decision#remembering said to
 *     remember}; null for its first decision, and after one that failed
 */
public record Snapshot(List<QueueStatus> queues, @Nullable Object memory) {
  public Snapshot {
    queues = Statuses.copyOf(queues);
  }

  /** For a policy that remembers nothing. */
  public Snapshot(List<QueueStatus> queues) {
    this(queues, null);
  }
}
