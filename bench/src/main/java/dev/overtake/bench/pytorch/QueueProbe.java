package dev.overtake.bench.pytorch;

import dev.overtake.bench.result.ScheduledQueue;
import java.util.Optional;

/** Sees from outside what the shim makes of a program. Thread-safe. */
@FunctionalInterface
public interface QueueProbe {
  /**
   * The least urgent queue of a process as it stands, with all escapes that its device ever had;
   * empty if the process has none, or nobody can tell.
   */
  Optional<ScheduledQueue> leastUrgent(long pid);
}
