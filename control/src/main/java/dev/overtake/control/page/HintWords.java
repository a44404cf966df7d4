package dev.overtake.control.page;

import dev.overtake.control.page.PageLayout.Slot;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import org.jspecify.annotations.Nullable;

/**
 * Hints as they stand in a slot, which is known by its base. What the page says and the model does
 * not allow (it was damaged, or is just being changed) counts as not said. Thread-safe.
 */
final class HintWords {
  private final Words words;

  HintWords(Words words) {
    this.words = words;
  }

  /** What the policy is told. */
  Hints policy(long base) {
    return new Hints(
        Math.clamp(
            words.u32(base, Slot.PRIORITY), PageLayout.MIN_PRIORITY, PageLayout.MAX_PRIORITY),
        utilizationPercent(base),
        nanos(base, Slot.TIMESLICE_MICROS),
        nanos(base, Slot.DEADLINE_MICROS),
        laxity(base),
        words.u32(base, Slot.WINDOW_ACTIVE) != 0,
        latencyTarget(base));
  }

  private int utilizationPercent(long base) {
    int percent = words.u32(base, Slot.UTILIZATION_PERCENT);
    return percent >= 0 && percent <= 100 ? percent : 0;
  }

  private @Nullable Laxity laxity(long base) {
    int priorities = words.u32(base, Slot.LAX_PRIORITIES);
    try {
      return new Laxity(
          nanos(base, Slot.LAXITY_MICROS), (short) priorities, priorities >> Short.SIZE);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private @Nullable LatencyTarget latencyTarget(long base) {
    long hundredths = Integer.toUnsignedLong(words.u32(base, Slot.TARGET_PERCENTILE_HUNDREDTHS));
    try {
      return new LatencyTarget(nanos(base, Slot.TARGET_MICROS), hundredths / 100.0);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private long nanos(long base, Field micros) {
    return Integer.toUnsignedLong(words.u32(base, micros)) * 1_000;
  }

  /** How its commands should be launched. */
  Wishes launch(long base) {
    return new Wishes(
        words.u32(base, Slot.LEVEL_WANTED),
        words.u32(base, Slot.THRESHOLD_WANTED),
        words.u32(base, Slot.BATCH_WANTED),
        words.u32(base, Slot.IN_FLIGHT_MICROS),
        words.u32(base, Slot.LINGER_MICROS));
  }

  void change(long base, PolicyHints hints) {
    Hints values = hints.values();
    for (PolicyHints.Kind kind : hints.changed()) {
      switch (kind) {
        case PRIORITY -> words.u32(base, Slot.PRIORITY, values.priority());
        case UTILIZATION -> words.u32(base, Slot.UTILIZATION_PERCENT, values.utilizationPercent());
        case TIMESLICE -> micros(base, Slot.TIMESLICE_MICROS, values.timesliceNanos());
        case DEADLINE -> micros(base, Slot.DEADLINE_MICROS, values.deadlineNanos());
        case LAXITY -> change(base, values.laxity());
        case WINDOW_ACTIVE -> words.u32(base, Slot.WINDOW_ACTIVE, values.windowActive() ? 1 : 0);
        case LATENCY_TARGET -> change(base, values.latencyTarget());
      }
    }
  }

  private void change(long base, @Nullable Laxity laxity) {
    if (laxity != null) {
      words.u32(
          base,
          Slot.LAX_PRIORITIES,
          (laxity.laxPriority() & 0xffff) | laxity.criticalPriority() << Short.SIZE);
    }
    micros(base, Slot.LAXITY_MICROS, laxity == null ? 0 : laxity.nanos());
  }

  private void change(long base, @Nullable LatencyTarget target) {
    if (target != null) {
      long hundredths = Math.round(target.percentile() * 100);
      words.u32(base, Slot.TARGET_PERCENTILE_HUNDREDTHS, Math.clamp(hundredths, 1, 9_999));
    }
    micros(base, Slot.TARGET_MICROS, target == null ? 0 : target.nanos());
  }

  /** Rounds up: the shortest time that was said is not the one that was not. */
  private void micros(long base, Field field, long nanos) {
    words.u32(base, field, (int) ((nanos + 999) / 1_000));
  }

  void change(long base, LaunchHints hints) {
    if (hints.level() != null) {
      words.u32(base, Slot.LEVEL_WANTED, hints.level());
    }
    if (hints.threshold() != null && hints.batch() != null) {
      words.u32(base, Slot.THRESHOLD_WANTED, hints.threshold());
      words.u32(base, Slot.BATCH_WANTED, hints.batch());
    }
    if (hints.inFlightMicros() != null) {
      words.u32(base, Slot.IN_FLIGHT_MICROS, hints.inFlightMicros());
      words.u32(base, Slot.THRESHOLD_WANTED, 0);
      words.u32(base, Slot.BATCH_WANTED, 0);
    }
    if (hints.lingerMicros() != null) {
      words.u32(base, Slot.LINGER_MICROS, hints.lingerMicros());
    }
  }
}
