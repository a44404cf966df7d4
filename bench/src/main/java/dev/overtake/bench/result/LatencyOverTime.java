package dev.overtake.bench.result;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The high side's requests in the order in which they were due, thinned to what a plot can show.
 *
 * @param seconds when each was due, seconds since the run's first round began, not counting the
 *     time in which other runs were measured; never falling
 * @param ms how long each took, milliseconds; as many as {@code seconds}
 */
public record LatencyOverTime(List<Double> seconds, List<Double> ms) {

  /** Points that are kept at most. */
  public static final int MAX_POINTS = 2_000;

  /** Of a run without a high side. */
  public static final LatencyOverTime EMPTY = new LatencyOverTime(List.of(), List.of());

  /** Checks that the two lists pair up. */
  public LatencyOverTime {
    seconds = List.copyOf(seconds);
    ms = List.copyOf(ms);
    if (seconds.size() != ms.size()) {
      throw new IllegalArgumentException(
          "seconds and ms must pair up, have " + seconds.size() + " and " + ms.size());
    }
    seconds.forEach(value -> Require.amount("seconds", value));
    ms.forEach(value -> Require.amount("ms", value));
  }

  /**
   * Takes every request as it is, or, above {@link #MAX_POINTS}, two of each stretch of consecutive
   * requests: the one of median latency, for the level, and the slowest, so that no spike is lost.
   *
   * @param seconds see {@link #seconds()}
   * @param ms see {@link #ms()}
   */
  public static LatencyOverTime thinned(double[] seconds, double[] ms) {
    int size = ms.length;
    if (seconds.length != size) {
      throw new IllegalArgumentException(
          "seconds and ms must pair up, have " + seconds.length + " and " + size);
    }
    int[] kept = size <= MAX_POINTS ? IntStream.range(0, size).toArray() : medianAndSlowest(ms);
    var keptSeconds = new ArrayList<Double>(kept.length);
    var keptMs = new ArrayList<Double>(kept.length);
    for (int i : kept) {
      keptSeconds.add(seconds[i]);
      keptMs.add(ms[i]);
    }
    return new LatencyOverTime(keptSeconds, keptMs);
  }

  private static int[] medianAndSlowest(double[] ms) {
    int stretches = MAX_POINTS / 2;
    var kept = IntStream.builder();
    for (int stretch = 0; stretch < stretches; stretch++) {
      int from = (int) ((long) ms.length * stretch / stretches);
      int to = (int) ((long) ms.length * (stretch + 1) / stretches);
      int[] byLatency =
          IntStream.range(from, to)
              .boxed()
              .sorted((a, b) -> Double.compare(ms[a], ms[b]))
              .mapToInt(Integer::intValue)
              .toArray();
      kept.add(byLatency[(byLatency.length - 1) / 2]);
      kept.add(byLatency[byLatency.length - 1]);
    }
    // In order of time again; a stretch of one request gave the same index twice.
    return Arrays.stream(kept.build().toArray()).sorted().distinct().toArray();
  }
}
