package dev.overtake.core.policy;

/** The soonest of the moments at which a policy wants to be asked again. Not thread-safe. */
final class WakeUp {
  private long inNanos = Decision.NEVER;

  /**
   * Also then.
   *
   * @param nanos from now; what is not above 0 would not be later than now, and becomes 1
   */
  void in(long nanos) {
    inNanos = Math.min(inNanos, Math.max(1, nanos));
  }

  /** On the clock that the policy was given, whose origin is arbitrary, so that it may wrap. */
  long after(long nowNanos) {
    return inNanos == Decision.NEVER ? Decision.NEVER : nowNanos + inNanos;
  }
}
