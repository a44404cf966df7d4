package dev.overtake.bench.result;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import org.jspecify.annotations.Nullable;

/**
 * The batch side's queue under the shim, as it stood while it was measured: what is in effect,
 * where {@link Run} has what was asked for.
 *
 * @param policy who decided when queues run, for example {@code HPF}; null in older files
 * @param level how far preemption reaches; null if the shim does not say
 * @param launchConfig commands in flight; where the bound is by time, what that came to at the end
 *     of the last round; null if the shim does not say
 * @param inFlightMicros what work in flight is bounded to, microseconds; null where the bound is in
 *     commands
 * @param escapes how often its device was opened to it while it was measured, because more urgent
 *     work held it and made no progress
 */
public record ScheduledQueue(
    @Nullable String policy,
    @Nullable PreemptionLevel level,
    @Nullable LaunchConfig launchConfig,
    @Nullable Integer inFlightMicros,
    long escapes) {

  /** Checks the ranges. */
  public ScheduledQueue {
    if (inFlightMicros != null) {
      Require.count("inFlightMicros", inFlightMicros);
    }
    Require.count("escapes", escapes);
  }

  /** The same, with another count of escapes. */
  public ScheduledQueue withEscapes(long count) {
    return new ScheduledQueue(policy, level, launchConfig, inFlightMicros, count);
  }
}
