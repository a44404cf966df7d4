package dev.overtake.bench.result;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;

/**
 * One point of a latency distribution: this share of the requests took at most this long.
 *
 * @param percentile 0 to 100
 * @param ms latency, milliseconds
 */
public record LatencyPoint(double percentile, double ms) {
  private static final double NANOS_PER_MS = 1e6;
  private static final int STEPS_PER_DECADE = 30;

  /** Checks the ranges. */
  public LatencyPoint {
    Require.share("percentile / 100", percentile / 100);
    Require.amount("ms", ms);
  }

  /**
   * The distribution of a histogram, as a plot with an expanding tail wants it: thirty points each
   * time ten times fewer requests are slower (so 90, 99 and 99.9 are among them), as far as there
   * are requests to tell them apart. The last point is the slowest request, at the highest
   * percentile that so many requests resolve.
   *
   * @param nanos one value a request, in nanoseconds; for an unfinished one the time that it had
   *     waited
   * @return points of rising percentile; empty if there was no request
   */
  public static List<LatencyPoint> distributionOf(AbstractHistogram nanos) {
    var points = new ArrayList<LatencyPoint>();
    double slowerAtMost = 1.0 / Math.max(1, nanos.getTotalCount());
    for (int step = 0; nanos.getTotalCount() > 0; step++) {
      double slower = Math.pow(10, -(double) step / STEPS_PER_DECADE);
      if (slower <= slowerAtMost) {
        points.add(new LatencyPoint(100 * (1 - slowerAtMost), nanos.getMaxValue() / NANOS_PER_MS));
        break;
      }
      double percentile = 100 * (1 - slower);
      points.add(
          new LatencyPoint(percentile, nanos.getValueAtPercentile(percentile) / NANOS_PER_MS));
    }
    return List.copyOf(points);
  }
}
