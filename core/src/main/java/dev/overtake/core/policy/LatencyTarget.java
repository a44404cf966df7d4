package dev.overtake.core.policy;

/**
 * What a queue's requests shall keep to: of a hundred, {@code percentile} shall take no longer than
 * {@code nanos}, from when the queue becomes ready to when it is idle again.
 *
 * <p>So it is not the latency that a client sees: what a request computes before its first launch
 * is not in it, but for how long the queue lingers after the last one is, and requests that follow
 * each other without a gap are one. It should leave room above what a request takes alone: where
 * nothing can meet it, batch work is held during every request, until that has taken twice as long.
 *
 * @param nanos above 0
 * @param percentile above 0 and below 100
 */
public record LatencyTarget(long nanos, double percentile) {
  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public LatencyTarget {
    if (nanos <= 0) {
      throw new IllegalArgumentException(
          "a target latency of %d ns is out of range: give more than 0".formatted(nanos));
    }
    if (!(percentile > 0 && percentile < 100)) {
      throw new IllegalArgumentException(
          "percentile %s is out of range: give more than 0 and less than 100"
              .formatted(percentile));
    }
  }
}
