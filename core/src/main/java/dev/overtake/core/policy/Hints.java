package dev.overtake.core.policy;

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
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withUtilizationPercent(int utilizationPercent) {
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withTimesliceNanos(long timesliceNanos) {
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withDeadlineNanos(long deadlineNanos) {
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withLaxity(@Nullable Laxity laxity) {
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withWindowActive(boolean windowActive) {
    return new Hints(
        priority,
        utilizationPercent,
        timesliceNanos,
        deadlineNanos,
        laxity,
        windowActive,
        latencyTarget);
  }

  public Hints withLatencyTarget(@Nullable LatencyTarget latencyTarget) {
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
