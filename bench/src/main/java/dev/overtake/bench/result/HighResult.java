package dev.overtake.bench.result;

import org.HdrHistogram.AbstractHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What the latency-critical side saw. Latency counts from when a request was due, not from when it
 * could be sent, so that a stalled device cannot hide (coordinated omission).
 *
 * @param p50Ms median latency, milliseconds
 * @param p95Ms 95th percentile
 * @param p99Ms 99th percentile
 * @param maxMs the slowest request
 * @param meanMs arithmetic mean
 * @param throughputPerSecond requests completed in a second of measuring; of {@code samples}, those
 *     that were completed while it went on
 * @param samples requests completed
 * @param offered requests that were due; more than {@code samples} if some had no answer within a
 *     time of grace after measuring: those not completed count in the latencies with the time that
 *     they had waited
 * @param busyShare share of the measured time in which at least one request was due and not done, 0
 *     to 1
 */
public record HighResult(
    double p50Ms,
    double p95Ms,
    double p99Ms,
    double maxMs,
    double meanMs,
    double throughputPerSecond,
    long samples,
    long offered,
    double busyShare) {

  /** Below this many samples, fewer than ten lie above P99 and it says little. */
  public static final long SAMPLES_FOR_P99 = 1_000;

  private static final double NANOS_PER_MS = 1e6;

  /** Checks the ranges. */
  public HighResult {
    Require.amount("p50Ms", p50Ms);
    Require.amount("p95Ms", p95Ms);
    Require.amount("p99Ms", p99Ms);
    Require.amount("maxMs", maxMs);
    Require.amount("meanMs", meanMs);
    Require.amount("throughputPerSecond", throughputPerSecond);
    Require.count("samples", samples);
    Require.count("offered", offered);
    Require.share("busyShare", busyShare);
  }

  /**
   * Summarizes a histogram of latencies.
   *
   * @param nanos one value a request that was due, in nanoseconds; of one that was not completed,
   *     how long it had waited
   * @param seconds measured time; above 0
   * @param inTime how many were completed within that time
   * @param unfinished how many were not completed, nor in the time of grace after it
   * @param busyShare see {@link #busyShare()}
   * @return null if no request was due: there is no latency to speak of
   */
  public static @Nullable HighResult of(
      AbstractHistogram nanos, double seconds, long inTime, long unfinished, double busyShare) {
    if (nanos.getTotalCount() == 0) {
      return null;
    }
    long samples = nanos.getTotalCount() - unfinished;
    return new HighResult(
        nanos.getValueAtPercentile(50) / NANOS_PER_MS,
        nanos.getValueAtPercentile(95) / NANOS_PER_MS,
        nanos.getValueAtPercentile(99) / NANOS_PER_MS,
        nanos.getMaxValue() / NANOS_PER_MS,
        nanos.getMean() / NANOS_PER_MS,
        inTime / seconds,
        samples,
        nanos.getTotalCount(),
        busyShare);
  }

  /** The sentence to warn with if there are too few samples for a P99; otherwise null. */
  public @Nullable String p99Warning() {
    return samples >= SAMPLES_FOR_P99
        ? null
        : "P99 rests on only %d requests; %d or more make it meaningful"
            .formatted(samples, SAMPLES_FOR_P99);
  }
}
