package dev.overtake.control.status;

import dev.overtake.core.policy.Hints;
import org.jspecify.annotations.Nullable;

/**
 * What the policy is told of a queue besides its priority; null where nobody said it.
 *
 * @param utilizationPercent share of the device, 1 to 100
 * @param timesliceMicros at a time, where it takes turns
 * @param deadlineMicros idle again so long after it became ready
 * @param windowActive whether its window is the one that a person works in
 */
public record HintsReport(
    @Nullable Integer utilizationPercent,
    @Nullable Long timesliceMicros,
    @Nullable Long deadlineMicros,
    @Nullable Laxity laxity,
    boolean windowActive,
    @Nullable LatencyTarget latencyTarget) {
  /** See {@link dev.overtake.core.policy.Laxity}. */
  public record Laxity(long micros, int laxPriority, int criticalPriority) {}

  /** See {@link dev.overtake.core.policy.LatencyTarget}. */
  public record LatencyTarget(long micros, double percentile) {}

  static HintsReport of(Hints hints) {
    var laxity = hints.laxity();
    var target = hints.latencyTarget();
    return new HintsReport(
        hints.utilizationPercent() == 0 ? null : hints.utilizationPercent(),
        micros(hints.timesliceNanos()),
        micros(hints.deadlineNanos()),
        laxity == null
            ? null
            : new Laxity(laxity.nanos() / 1_000, laxity.laxPriority(), laxity.criticalPriority()),
        hints.windowActive(),
        target == null ? null : new LatencyTarget(target.nanos() / 1_000, target.percentile()));
  }

  private static @Nullable Long micros(long nanos) {
    return nanos == 0 ? null : (Long) (nanos / 1_000);
  }
}
