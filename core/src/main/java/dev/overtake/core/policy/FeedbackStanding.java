package dev.overtake.core.policy;

/**
 * Where a process stands in {@link MultiLevelFeedback}. Immutable. Times are in nanoseconds.
 *
 * @param level 0 on top
 * @param usedNanos for how long it has run on this level in its present burst
 * @param sinceNanos if it waits, since when, and if it is idle, since when; either begins anew when
 *     it rises
 */
record FeedbackStanding(int level, long usedNanos, long sinceNanos) {
  private static final long MS = 1_000_000;
  private static final long[] QUANTUM_NANOS = {8 * MS, 32 * MS, 128 * MS};
  private static final long FIRST_TURN_NANOS = 2 * MS;
  private static final long BURST_GAP_NANOS = MS;
  private static final long IDLE_RISE_NANOS = 20 * MS;
  private static final long WAIT_RISE_NANOS = 200 * MS;

  static final int LEVELS = QUANTUM_NANOS.length + 1;

  static FeedbackStanding newcomer(long nowNanos) {
    return new FeedbackStanding(0, 0, nowNanos);
  }

  /** After it has run, sunk by as many levels as it has used the quanta of. */
  FeedbackStanding ran(long nanos) {
    int sunk = level;
    long used = usedNanos + nanos;
    while (sunk < QUANTUM_NANOS.length && used >= QUANTUM_NANOS[sunk]) {
      used -= QUANTUM_NANOS[sunk++];
    }
    return new FeedbackStanding(sunk, sunk < QUANTUM_NANOS.length ? used : 0, sinceNanos);
  }

  /** How much longer it can run until it sinks. */
  long untilSinksNanos() {
    return level < QUANTUM_NANOS.length ? QUANTUM_NANOS[level] - usedNanos : Long.MAX_VALUE;
  }

  /** While it is idle: risen by as many levels as the time allows. */
  FeedbackStanding rested(long nowNanos) {
    long steps = (nowNanos - sinceNanos) / IDLE_RISE_NANOS;
    return steps <= 0
        ? this
        : new FeedbackStanding(
            (int) Math.max(0, level - steps), 0, sinceNanos + steps * IDLE_RISE_NANOS);
  }

  /** From being idle to waiting: it begins a new burst, unless it was idle for a moment only. */
  FeedbackStanding woken(long nowNanos) {
    boolean sameBurst = nowNanos - sinceNanos < BURST_GAP_NANOS;
    return new FeedbackStanding(level, sameBurst ? usedNanos : 0, nowNanos);
  }

  /** Begins to wait, or to be idle. */
  FeedbackStanding since(long nowNanos) {
    return new FeedbackStanding(level, usedNanos, nowNanos);
  }

  /** While it waits: a level up if it has waited for too long beside so many of its level. */
  FeedbackStanding waited(int ofLevel, long nowNanos) {
    return untilRisesNanos(ofLevel, nowNanos) > 0
        ? this
        : new FeedbackStanding(level - 1, 0, nowNanos);
  }

  /** How much longer it has to wait until it rises. */
  long untilRisesNanos(int ofLevel, long nowNanos) {
    return level == 0 ? Long.MAX_VALUE : WAIT_RISE_NANOS * ofLevel - (nowNanos - sinceNanos);
  }

  long turnNanos() {
    return FIRST_TURN_NANOS << level;
  }
}
