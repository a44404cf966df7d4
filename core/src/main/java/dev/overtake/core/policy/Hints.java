package dev.overtake.core.policy;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a queue tells the policy about it. Immutable; policies ignore what they have no
 * use for. Made from {@link #NONE} by the methods whose names begin with {@code with}.
 *
 * @param priority larger is more urgent, {@value #MIN_PRIORITY} to {@value #MAX_PRIORITY} (the
 *     range of XSched's priority hint); {@value #DEFAULT_PRIORITY} if never said
 * @param utilizationPercent the share of the device that the queue, or its process, shall have, 1
 *     to 100; 0 if never said: an equal part of what the others leave
 * @param timesliceNanos how long it shall run at a time where it takes turns, above 0; 0 if never
 *     said: as the policy has it
 * @param deadlineNanos within what time of becoming ready it shall be idle again, above 0; 0 if
 *     never said
 * @param laxity how long it can wait, if that was said
 * @param windowActive whether its window is the one that a person works in
 * @param latencyTarget what its requests shall keep to, if that was said
 */
public record Hints(
    int priority,
    int utilizationPercent,
    long timesliceNanos,
    long deadlineNanos,
    @Nullable Laxity laxity,
    boolean windowActive,
    @Nullable LatencyTarget latencyTarget) {
  public static final int MIN_PRIORITY = -255;
  public static final int MAX_PRIORITY = 255;
  public static final int DEFAULT_PRIORITY = 0;

  /** The hints of a queue that was given none. */
  public static final Hints NONE = new Hints(DEFAULT_PRIORITY, 0, 0, 0, null, false, null);

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Hints {
    requirePriority("priority", priority);
    if (utilizationPercent < 0 || utilizationPercent > 100) {
      throw new IllegalArgumentException(
          "utilization %d %% is out of range: give 1 to 100".formatted(utilizationPercent));
    }
    requireNotNegative("timeslice", timesliceNanos);
    requireNotNegative("deadline", deadlineNanos);
  }

  static void requirePriority(String name, int priority) {
    if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "%s %d is out of range: give %d to %d"
              .formatted(name, priority, MIN_PRIORITY, MAX_PRIORITY));
    }
  }

  private static void requireNotNegative(String name, long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException(
          "a %s of %d ns is out of range: give more than 0".formatted(name, nanos));
    }
  }

  /** Hints that give a priority and nothing else. */
  public static Hints priority(int priority) {
    return NONE.withPriority(priority);
  }

  public Hints withPriority(int priority) {
    return with(changed -> changed.priority = priority);
  }

  public Hints withUtilizationPercent(int utilizationPercent) {
    return with(changed -> changed.utilizationPercent = utilizationPercent);
  }

  public Hints withTimesliceNanos(long timesliceNanos) {
    return with(changed -> changed.timesliceNanos = timesliceNanos);
  }

  public Hints withDeadlineNanos(long deadlineNanos) {
    return with(changed -> changed.deadlineNanos = deadlineNanos);
  }

  public Hints withLaxity(@Nullable Laxity laxity) {
    return with(changed -> changed.laxity = laxity);
  }

  public Hints withWindowActive(boolean windowActive) {
    return with(changed -> changed.windowActive = windowActive);
  }

  public Hints withLatencyTarget(@Nullable LatencyTarget latencyTarget) {
    return with(changed -> changed.latencyTarget = latencyTarget);
  }

  private Hints with(Consumer<Changed> change) {
    var changed = new Changed(this);
    change.accept(changed);
    return changed.hints();
  }

  /** The same hints while one of them changes, so that the others are listed once. */
  private static final class Changed {
    private int priority;
    private int utilizationPercent;
    private long timesliceNanos;
    private long deadlineNanos;
    private @Nullable Laxity laxity;
    private boolean windowActive;
    private @Nullable LatencyTarget latencyTarget;

    private Changed(Hints hints) {
      priority = hints.priority;
      utilizationPercent = hints.utilizationPercent;
      timesliceNanos = hints.timesliceNanos;
      deadlineNanos = hints.deadlineNanos;
      laxity = hints.laxity;
      windowActive = hints.windowActive;
      latencyTarget = hints.latencyTarget;
    }

    private Hints hints() {
      return new Hints(
          priority,
          utilizationPercent,
          timesliceNanos,
          deadlineNanos,
          laxity,
          windowActive,
          latencyTarget);
    }
  }
}
