package dev.overtake.control.page;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What somebody changes about what a queue's policy is told: some of its {@link Hints}, while the
 * others stay as they are. Made from {@link #NOTHING}. A hint that is changed to what {@link
 * Hints#NONE} has is no longer said. Immutable; ranges are those of {@link Hints}, whose methods
 * throw where they are left.
 *
 * @param values of the hints that change
 * @param changed which those are
 */
public record PolicyHints(Hints values, Set<Kind> changed) {
  /** One that can change by itself. */
  public enum Kind {
    PRIORITY,
    UTILIZATION,
    TIMESLICE,
    DEADLINE,
    LAXITY,
    WINDOW_ACTIVE,
    LATENCY_TARGET
  }

  /** The longest time that the page has room for, of a little more than an hour. */
  public static final long MAX_NANOS = 0xffff_ffffL * 1_000;

  /** Changes nothing. */
  public static final PolicyHints NOTHING = new PolicyHints(Hints.NONE, Set.of());

  /**
   * @throws IllegalArgumentException if a time is longer than {@link #MAX_NANOS}
   */
  public PolicyHints {
    changed = Set.copyOf(changed);
    Laxity laxity = values.laxity();
    LatencyTarget target = values.latencyTarget();
    requireRoom("timeslice", values.timesliceNanos());
    requireRoom("deadline", values.deadlineNanos());
    requireRoom("laxity", laxity == null ? 0 : laxity.nanos());
    requireRoom("target latency", target == null ? 0 : target.nanos());
  }

  private static void requireRoom(String name, long nanos) {
    if (nanos > MAX_NANOS) {
      throw new IllegalArgumentException(
          "a %s of %d s is out of range: give at most %d s"
              .formatted(name, nanos / 1_000_000_000, MAX_NANOS / 1_000_000_000));
    }
  }

  public PolicyHints priority(int priority) {
    return and(Kind.PRIORITY, values.withPriority(priority));
  }

  public PolicyHints utilizationPercent(int percent) {
    return and(Kind.UTILIZATION, values.withUtilizationPercent(percent));
  }

  public PolicyHints timesliceNanos(long nanos) {
    return and(Kind.TIMESLICE, values.withTimesliceNanos(nanos));
  }

  public PolicyHints deadlineNanos(long nanos) {
    return and(Kind.DEADLINE, values.withDeadlineNanos(nanos));
  }

  public PolicyHints laxity(@Nullable Laxity laxity) {
    return and(Kind.LAXITY, values.withLaxity(laxity));
  }

  public PolicyHints windowActive(boolean active) {
    return and(Kind.WINDOW_ACTIVE, values.withWindowActive(active));
  }

  public PolicyHints latencyTarget(@Nullable LatencyTarget target) {
    return and(Kind.LATENCY_TARGET, values.withLatencyTarget(target));
  }

  /** The same, changed in this way as well if there is a value to change it to. */
  public <T> PolicyHints ifSaid(@Nullable T value, BiFunction<PolicyHints, T, PolicyHints> change) {
    return value == null ? this : change.apply(this, value);
  }

  private PolicyHints and(Kind kind, Hints values) {
    var all = EnumSet.of(kind);
    all.addAll(changed);
    return new PolicyHints(values, all);
  }
}
