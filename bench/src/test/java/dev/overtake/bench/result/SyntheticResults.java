package dev.overtake.bench.result;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Invented results of plausible shape, for tests only. The same at every call. */
public final class SyntheticResults {
  private static final int ROUNDS = 5;
  private static final double SECONDS_PER_ROUND = 20;
  private static final double HIGH_RATE = 25;
  private static final double STANDALONE_P50 = 9.4;
  private static final double STANDALONE_P99 = 11.62;
  private static final double STANDALONE_LOW = 3.42;
  private static final double BUSY_ALONE = 0.235;

  private SyntheticResults() {}

  /** Test 5 with all modes in both topologies, where preemption helps. */
  public static Results helpful() {
    return results(
        true,
        List.of(
            run(Topology.NONE, Run.STANDALONE_HIGH, null, null, 9.4, 0.09, null),
            run(Topology.NONE, Run.STANDALONE_LOW, null, null, null, 0, STANDALONE_LOW),
            run(Topology.SHARED, Run.BASELINE, null, null, 121.0, 0.28, 2.66),
            xqueue(Topology.SHARED, 4, 2, PreemptionLevel.L1, 13.8, 0.18, 2.55),
            xqueue(Topology.SHARED, 1, 1, PreemptionLevel.L1, 10.9, 0.13, 2.49),
            xqueue(Topology.SHARED, 16, 8, PreemptionLevel.L2, 10.3, 0.12, 2.53),
            run(Topology.SEPARATE, Run.BASELINE, null, null, 19.7, 0.33, 2.58),
            xqueue(Topology.SEPARATE, 4, 2, PreemptionLevel.L1, 13.2, 0.17, 2.54),
            xqueue(Topology.SEPARATE, 1, 1, PreemptionLevel.L1, 10.7, 0.12, 2.47),
            xqueue(Topology.SEPARATE, 16, 8, PreemptionLevel.L2, 10.2, 0.11, 2.52)));
  }

  /** Both sides run, preemption makes the tail longer and costs the batch side. */
  public static Results harmful() {
    return results(
        true,
        List.of(
            run(Topology.NONE, Run.STANDALONE_HIGH, null, null, 9.4, 0.09, null),
            run(Topology.NONE, Run.STANDALONE_LOW, null, null, null, 0, STANDALONE_LOW),
            run(Topology.SHARED, Run.BASELINE, null, null, 20.0, 0.05, 2.60),
            xqueue(Topology.SHARED, 1, 1, PreemptionLevel.L1, 40.0, 0.05, 1.30)));
  }

  /** One standalone run and nothing else. */
  public static Results single() {
    return results(
        true, List.of(run(Topology.NONE, Run.STANDALONE_HIGH, null, null, 9.4, 0.09, null)));
  }

  /** Stopped early: a run without a completed request, and others missing. */
  public static Results incomplete() {
    return results(
        false,
        List.of(
            run(Topology.NONE, Run.STANDALONE_HIGH, null, null, 9.4, 0.09, null),
            run(Topology.SHARED, Run.BASELINE, null, null, null, 0, null)));
  }

  /** Stopped before anything was measured. */
  public static Results empty() {
    return results(false, List.of());
  }

  /** Every free text holds this. */
  public static Results withText(String text) {
    Results base = helpful();
    var runs = new ArrayList<Run>();
    for (Run run : base.runs()) {
      runs.add(
          new Run(
              text,
              text,
              run.topology(),
              run.mode() + text,
              text,
              run.launchConfig(),
              run.inFlightMicros(),
              run.level(),
              new ScheduledQueue(text, PreemptionLevel.L2, new LaunchConfig(16, 4), 300, 1),
              run.high(),
              run.low(),
              run.isolation(),
              run.p50Ratio(),
              run.harvest(),
              run.lowRatio(),
              List.of(text),
              run.rounds(),
              run.latencyDistribution(),
              run.latencyOverTime()));
    }
    return new Results(
        Results.SCHEMA_VERSION,
        text,
        List.of(text, text),
        base.startedAt(),
        base.finishedAt(),
        true,
        new Machine(
            text, 2, 1, text, text, text, 2, new PyTorch(text, text, text, text, text, text, true)),
        new Configuration(
            text,
            text,
            Configuration.PYTORCH,
            new HighWorkload(text, 1, List.of(1L), 1, 1, Arrivals.POISSON),
            new LowWorkload(text, 1, 1, List.of(1L), 1, 1),
            1,
            1,
            1),
        runs);
  }

  private static Results results(boolean complete, List<Run> runs) {
    return new Results(
        Results.SCHEMA_VERSION,
        "0.0.0-synthetic",
        List.of("overtake", "bench", "test5"),
        Instant.parse("2026-01-02T03:04:05Z"),
        Instant.parse("2026-01-02T03:12:25Z"),
        complete,
        new Machine(
            "Synthetic CPU @ 2.90GHz",
            2,
            8L << 30,
            "Linux 6.1.0",
            "OpenJDK 64-Bit Server VM 25.0.1",
            "host CPU",
            2,
            null),
        new Configuration(
            "test5",
            "default",
            Configuration.HOST,
            new HighWorkload(
                "ResNet-18", 1, List.of(1L, 3L, 224L, 224L), 22, HIGH_RATE, Arrivals.PERIODIC),
            new LowWorkload("ResNet-50", 1, 4, List.of(4L, 3L, 224L, 224L), 54, 2),
            ROUNDS,
            SECONDS_PER_ROUND,
            42),
        runs);
  }

  private static Run xqueue(
      Topology topology,
      int threshold,
      int batch,
      PreemptionLevel level,
      double p50,
      double sigma,
      double lowRate) {
    var config = new LaunchConfig(threshold, batch);
    String mode = "XQueue " + (level == PreemptionLevel.L1 ? "" : level + " ") + config;
    return run(topology, mode, config, level, p50, sigma, lowRate);
  }

  private static Run run(
      Topology topology,
      String mode,
      @Nullable LaunchConfig config,
      @Nullable PreemptionLevel level,
      @Nullable Double p50,
      double sigma,
      @Nullable Double lowRate) {
    var random = new Random((topology.label() + mode).hashCode());
    double[] ms = p50 == null ? new double[0] : latencies(random, p50, sigma);
    double[] seconds = IntStream.range(0, ms.length).mapToDouble(i -> i / HIGH_RATE).toArray();
    var histogram = histogram(ms, 0, ms.length);
    double measured = ROUNDS * SECONDS_PER_ROUND;
    HighResult high = HighResult.of(histogram, measured, histogram.getTotalCount(), 0, BUSY_ALONE);
    LowResult low =
        lowRate == null
            ? null
            : new LowResult(lowRate, 4 * lowRate, Math.round(lowRate * measured));
    boolean both = high != null && low != null;
    String warning = high == null ? null : high.p99Warning();
    return new Run(
        "test5",
        "host",
        topology,
        mode,
        config == null ? Run.NO_POLICY : "HPF",
        config,
        null,
        level,
        null,
        high,
        low,
        both ? Ratios.isolation(high.p99Ms(), STANDALONE_P99) : null,
        both ? Ratios.toAlone(high.p50Ms(), STANDALONE_P50) : null,
        both ? Ratios.harvest(lowRate, STANDALONE_LOW, BUSY_ALONE) : null,
        both ? Ratios.toAlone(lowRate, STANDALONE_LOW) : null,
        warning == null ? List.of() : List.of(warning),
        rounds(random, ms, lowRate),
        LatencyPoint.distributionOf(histogram),
        LatencyOverTime.thinned(seconds, ms));
  }

  /** Log-normal, with a rare slow request as real machines have them. */
  private static double[] latencies(Random random, double p50, double sigma) {
    return IntStream.range(0, (int) (ROUNDS * SECONDS_PER_ROUND * HIGH_RATE))
        .mapToDouble(
            i -> p50 * Math.exp(sigma * random.nextGaussian()) * (i % 700 == 699 ? 1.9 : 1))
        .toArray();
  }

  private static List<RoundResult> rounds(Random random, double[] ms, @Nullable Double lowRate) {
    var rounds = new ArrayList<RoundResult>();
    for (int round = 0; round < ROUNDS; round++) {
      var part = histogram(ms, ms.length * round / ROUNDS, ms.length * (round + 1) / ROUNDS);
      boolean high = part.getTotalCount() > 0;
      Double rate = lowRate == null ? null : lowRate * (1 + 0.02 * random.nextGaussian());
      double p99 = part.getValueAtPercentile(99) / 1e6;
      rounds.add(
          new RoundResult(
              round,
              high ? part.getValueAtPercentile(50) / 1e6 : null,
              high ? p99 : null,
              part.getTotalCount(),
              rate,
              high && rate != null ? Ratios.isolation(p99, STANDALONE_P99) : null,
              high && rate != null ? Ratios.harvest(rate, STANDALONE_LOW, BUSY_ALONE) : null));
    }
    return rounds;
  }

  private static Histogram histogram(double[] ms, int from, int to) {
    var histogram = new Histogram(3);
    Arrays.stream(ms, from, to).forEach(value -> histogram.recordValue((long) (value * 1e6)));
    return histogram;
  }
}
