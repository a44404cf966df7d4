package dev.overtake.core.policy;

/**
 * What a queue's past spans allow: the account of {@link LatencyObjective}, whose control rule is
 * explained there. Immutable.
 *
 * @param target what it is kept for
 * @param spans how many there were, older ones counting less and less
 * @param misses how many of these took longer than the target, counted likewise
 * @param allowanceNanos for how long batch work may run beside a span while the budget lasts; 0 to
 *     the target
 */
record SpanBudget(LatencyTarget target, double spans, double misses, long allowanceNanos) {
  /** So many misses are remembered of a queue that makes as many as it may. */
  private static final double REMEMBERED_MISSES = 10;

  /** Of the room that a span left, the part by which the next may run longer beside others. */
  private static final double GROWTH = 1.0 / 8;

  /** Of the budget, the part from which on the allowance does not grow. */
  private static final double CAREFUL = 0.5;

  /** Of the target, what a miss takes from the allowance at least. */
  private static final double STEP_BACK = 1.0 / 64;

  /**
   * Before the first span: nothing is allowed, and one miss is free, which is as if so many spans
   * had been seen as may have one.
   */
  static SpanBudget of(LatencyTarget target) {
    return new SpanBudget(target, 1 / missesAllowed(target), 0, 0);
  }

  private static double missesAllowed(LatencyTarget target) {
    return 1 - target.percentile() / 100;
  }

  /** The part of the budget that has been used, above 1 if more. */
  private double used() {
    return misses / (missesAllowed(target) * spans);
  }

  /** For how long batch work may run beside a span now. */
  long grantedNanos() {
    return used() > 1 ? 0 : allowanceNanos;
  }

  /**
   * A span has ended.
   *
   * @param lengthNanos from ready to idle
   * @param besideNanos for how much of that batch work ran beside it
   */
  SpanBudget spanEnded(long lengthNanos, long besideNanos) {
    boolean missed = lengthNanos > target.nanos();
    double keep = 1 - missesAllowed(target) / REMEMBERED_MISSES;
    return new SpanBudget(
        target,
        spans * keep + 1,
        misses * keep + (missed ? 1 : 0),
        missed
            ? afterMiss(lengthNanos, besideNanos)
            : afterSuccess(target.nanos() - lengthNanos, besideNanos));
  }

  private long afterMiss(long lengthNanos, long besideNanos) {
    if (lengthNanos - besideNanos > target.nanos()) {
      return allowanceNanos; // It would have missed alone: what ran beside it is not the cause.
    }
    double back = 2.0 * (lengthNanos - target.nanos()) + STEP_BACK * target.nanos();
    return (long) Math.max(0, Math.min(allowanceNanos, besideNanos) - back);
  }

  private long afterSuccess(long roomNanos, long besideNanos) {
    if (besideNanos < allowanceNanos) {
      return allowanceNanos; // It did not need all: a larger one would have changed nothing.
    }
    double growth = GROWTH * roomNanos * Math.max(0, 1 - used() / CAREFUL);
    return (long) Math.min((double) target.nanos(), allowanceNanos + growth);
  }
}
