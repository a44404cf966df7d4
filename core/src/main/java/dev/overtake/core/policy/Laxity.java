package dev.overtake.core.policy;

/**
 * How long a queue can wait once it is ready, and how urgent it is before and after.
 *
 * @param nanos from when it became ready, above 0
 * @param laxPriority its priority while it can still wait
 * @param criticalPriority its priority from then on, at least {@code laxPriority}
 */
public record Laxity(long nanos, int laxPriority, int criticalPriority) {
  /**
   * @throws IllegalArgumentException if a value is out of range, or the priorities contradict each
   *     other
   */
  public Laxity {
    if (nanos <= 0) {
      throw new IllegalArgumentException(
          "a laxity of %d ns is out of range: give more than 0".formatted(nanos));
    }
    Hints.requirePriority("lax priority", laxPriority);
    Hints.requirePriority("critical priority", criticalPriority);
    if (criticalPriority < laxPriority) {
      throw new IllegalArgumentException(
          "critical priority %d is below lax priority %d: a queue gets more urgent by waiting"
              .formatted(criticalPriority, laxPriority));
    }
  }
}
