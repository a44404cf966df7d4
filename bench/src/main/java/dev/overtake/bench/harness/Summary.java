package dev.overtake.bench.harness;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.LatencyOverTime;
import dev.overtake.bench.result.LatencyPoint;
import dev.overtake.bench.result.LowResult;
import dev.overtake.bench.result.Ratios;
import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.ScheduledQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sums up what an experiment measured, as the runs of {@code results.json}. */
public final class Summary {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MS = 1e6;

  /** Below this, something slowed the standalone run down more than sharing does. */
  private static final double LEAST_CREDIBLE_ISOLATION = 0.9;

  /** Below this share of its requests a side that was always busy may not keep up. */
  private static final double KEEPS_UP = 0.95;

  /** Significant decimal digits that the histograms keep. */
  private static final int PRECISION = 3;

  private final String suite;
  private final String device;
  private final int lowBatch;
  private final List<Experiment.Series> series;
  private final Experiment.@Nullable Series highAlone;
  private final Experiment.@Nullable Series lowAlone;
  private final String policyOfPage;

  private Summary(String suite, String device, int lowBatch, List<Experiment.Series> series) {
    this.suite = suite;
    this.device = device;
    this.lowBatch = lowBatch;
    this.series = series;
    highAlone = find(Sharing.HIGH_ALONE);
    lowAlone = find(Sharing.LOW_ALONE);
    policyOfPage = policyOfPage(series);
  }

  /**
   * One run for every way of sharing that was measured at all.
   *
   * @param lowBatch images, or whatever its model works on, in one pass of the low side
   */
  public static List<Run> of(
      String suite, String device, int lowBatch, Experiment.Outcome outcome) {
    var summary = new Summary(suite, device, lowBatch, outcome.series());
    return outcome.series().stream()
        .filter(each -> !each.rounds().isEmpty())
        .map(summary::summarize)
        .toList();
  }

  private Experiment.@Nullable Series find(Sharing sharing) {
    return series.stream()
        .filter(each -> each.sharing().equals(sharing) && !each.rounds().isEmpty())
        .findFirst()
        .orElse(null);
  }

  private Run summarize(Experiment.Series measured) {
    Sharing sharing = measured.sharing();
    Mode mode = sharing.mode();
    List<Trial.Result> trials = measured.rounds();
    HighResult high = sharing.high() ? high(trials) : null;
    LowResult low = sharing.low() ? low(trials) : null;
    Double isolation =
        high == null
            ? null
            : isolation(sharing, trials, highAlone == null ? null : highAlone.rounds());
    return new Run(
        suite,
        device,
        sharing.topology(),
        modeName(sharing),
        policy(mode),
        mode.launchConfig(),
        mode.inFlightMicros(),
        mode.level(),
        lowQueue(trials),
        high,
        low,
        isolation,
        p50Ratio(sharing, trials),
        harvest(
            sharing,
            trials,
            highAlone == null ? null : highAlone.rounds(),
            lowAlone == null ? null : lowAlone.rounds()),
        lowRatio(sharing, trials),
        warnings(sharing, trials, high, isolation),
        rounds(sharing, trials),
        sharing.high() ? LatencyPoint.distributionOf(histogram(trials)) : List.of(),
        sharing.high() ? overTime(trials) : LatencyOverTime.EMPTY);
  }

  private String policy(Mode mode) {
    return switch (mode) {
      case Mode.Baseline _ -> Run.NO_POLICY;
      case Mode.Queues _ -> ClientSetup.POLICY.name();
      case Mode.Shim _ -> policyOfPage;
    };
  }

  /**
   * All programs under the shim have one control page, and see no other policy than HPF there by
   * default.
   */
  private static String policyOfPage(List<Experiment.Series> series) {
    return series.stream()
        .map(each -> lowQueue(each.rounds()))
        .flatMap(queue -> Stream.ofNullable(queue == null ? null : queue.policy()))
        .findFirst()
        .orElse(ClientSetup.POLICY.name());
  }

  /** As it was found last, with the escapes of all rounds. */
  private static @Nullable ScheduledQueue lowQueue(List<Trial.Result> trials) {
    long escapes = 0;
    ScheduledQueue last = null;
    for (Trial.Result trial : trials) {
      if (trial.lowQueue() != null) {
        last = trial.lowQueue();
        escapes += last.escapes();
      }
    }
    return last == null ? null : last.withEscapes(escapes);
  }

  private static String modeName(Sharing sharing) {
    if (sharing.equals(Sharing.HIGH_ALONE)) {
      return Run.STANDALONE_HIGH;
    }
    return sharing.equals(Sharing.LOW_ALONE) ? Run.STANDALONE_LOW : sharing.modeLabel();
  }

  private static @Nullable Double isolation(
      Sharing sharing, List<Trial.Result> trials, @Nullable List<Trial.Result> alone) {
    if (alone == null || !sharing.high() || sharing.equals(Sharing.HIGH_ALONE)) {
      return null;
    }
    return Ratios.isolation(p99(trials), p99(alone));
  }

  private @Nullable Double p50Ratio(Sharing sharing, List<Trial.Result> trials) {
    if (highAlone == null || !sharing.high() || sharing.equals(Sharing.HIGH_ALONE)) {
      return null;
    }
    return histogram(trials).getTotalCount() == 0
        ? null
        : Ratios.toAlone(percentile(trials, 50), percentile(highAlone.rounds(), 50));
  }

  private @Nullable Double lowRatio(Sharing sharing, List<Trial.Result> trials) {
    if (lowAlone == null || !sharing.low() || sharing.equals(Sharing.LOW_ALONE)) {
      return null;
    }
    Double rate = iterationsPerSecond(trials);
    Double rateAlone = iterationsPerSecond(lowAlone.rounds());
    return rate == null || rateAlone == null ? null : Ratios.toAlone(rate, rateAlone);
  }

  private static @Nullable Double harvest(
      Sharing sharing,
      List<Trial.Result> trials,
      @Nullable List<Trial.Result> highAlone,
      @Nullable List<Trial.Result> lowAlone) {
    if (highAlone == null || lowAlone == null || !(sharing.high() && sharing.low())) {
      return null;
    }
    Double rate = iterationsPerSecond(trials);
    Double rateAlone = iterationsPerSecond(lowAlone);
    return rate == null || rateAlone == null
        ? null
        : Ratios.harvest(rate, rateAlone, busyShare(highAlone));
  }

  /** Each round against the standalone trials of the same round, so that slow drift cancels out. */
  private List<RoundResult> rounds(Sharing sharing, List<Trial.Result> trials) {
    var rounds = new ArrayList<RoundResult>();
    for (int i = 0; i < trials.size(); i++) {
      List<Trial.Result> one = List.of(trials.get(i));
      boolean requested = sharing.high() && histogram(one).getTotalCount() > 0;
      rounds.add(
          new RoundResult(
              i,
              requested ? (Double) (percentile(one, 50) / NANOS_PER_MS) : null,
              requested ? (Double) (percentile(one, 99) / NANOS_PER_MS) : null,
              histogram(one).getTotalCount() - unfinished(one),
              sharing.low() ? iterationsPerSecond(one) : null,
              requested ? isolation(sharing, one, round(highAlone, i)) : null,
              harvest(sharing, one, round(highAlone, i), round(lowAlone, i))));
    }
    return rounds;
  }

  private static @Nullable List<Trial.Result> round(Experiment.@Nullable Series series, int round) {
    return series == null || series.rounds().size() <= round
        ? null
        : List.of(series.rounds().get(round));
  }

  private static @Nullable HighResult high(List<Trial.Result> trials) {
    return HighResult.of(
        histogram(trials), seconds(trials), inTime(trials), unfinished(trials), busyShare(trials));
  }

  private LowResult low(List<Trial.Result> trials) {
    Double known = iterationsPerSecond(trials);
    double iterations = known == null ? 0 : known;
    return new LowResult(iterations, iterations * lowBatch, (long) lowWork(trials).iterations());
  }

  private static List<String> warnings(
      Sharing sharing,
      List<Trial.Result> trials,
      @Nullable HighResult high,
      @Nullable Double isolation) {
    var warnings = new ArrayList<String>();
    if (high != null && high.p99Warning() != null) {
      warnings.add(high.p99Warning());
    }
    long due = histogram(trials).getTotalCount();
    if (inTime(trials) < KEEPS_UP * due && busyShare(trials) == 1) {
      warnings.add(
          "the high side completed only %d %% of its requests within the measured time: if it does not keep up, latency grows with the length of the run"
              .formatted(100 * inTime(trials) / due));
    }
    if (isolation != null && isolation < LEAST_CREDIBLE_ISOLATION) {
      warnings.add(
          "the high side was slower alone than here: cores that sleep between lone requests, or"
              + " noise, outweigh what is compared");
    }
    if (sharing.low() && trials.stream().anyMatch(trial -> trial.low().seconds() == 0)) {
      warnings.add(
          "the low side was not seen to complete work twice within a round: its rate there is not"
              + " known");
    }
    trials.stream().flatMap(trial -> trial.said().stream()).distinct().forEach(warnings::add);
    ScheduledQueue queue = lowQueue(trials);
    if (queue != null && queue.escapes() > 0) {
      warnings.add(
          "more urgent work made no progress while the low side was held, so the low side was let"
              + " through (escapes: %d); the high side may wait for something of the low side"
                  .formatted(queue.escapes()));
    }
    long unfinished = unfinished(trials);
    if (unfinished > 0) {
      warnings.add(
          "%d requests had no answer when their trial ended; they count with the time that they had waited"
              .formatted(unfinished));
    }
    return warnings;
  }

  private static Histogram histogram(List<Trial.Result> trials) {
    var histogram = new Histogram(PRECISION);
    for (Trial.Result trial : trials) {
      if (trial.high() != null) {
        Arrays.stream(trial.high().latencyNanos()).forEach(histogram::recordValue);
      }
    }
    return histogram;
  }

  private static LatencyOverTime overTime(List<Trial.Result> trials) {
    int count = (int) histogram(trials).getTotalCount();
    var seconds = new double[count];
    var ms = new double[count];
    int at = 0;
    double begin = 0;
    for (Trial.Result trial : trials) {
      OpenLoopClient.Recording high = trial.high();
      for (int i = 0; high != null && i < high.dueNanos().length; i++, at++) {
        seconds[at] = begin + high.dueNanos()[i] / NANOS_PER_SECOND;
        ms[at] = high.latencyNanos()[i] / NANOS_PER_MS;
      }
      begin += trial.seconds();
    }
    return LatencyOverTime.thinned(seconds, ms);
  }

  private static double p99(List<Trial.Result> trials) {
    return percentile(trials, 99);
  }

  private static double percentile(List<Trial.Result> trials, double percentile) {
    return histogram(trials).getValueAtPercentile(percentile);
  }

  private static double seconds(List<Trial.Result> trials) {
    return trials.stream().mapToDouble(Trial.Result::seconds).sum();
  }

  /** Null where no time passed in which the low side could be seen to work. */
  private static @Nullable Double iterationsPerSecond(List<Trial.Result> trials) {
    BatchSide.Work work = lowWork(trials);
    return work.seconds() > 0 ? (Double) (work.iterations() / work.seconds()) : null;
  }

  private static BatchSide.Work lowWork(List<Trial.Result> trials) {
    return new BatchSide.Work(
        trials.stream().mapToDouble(trial -> trial.low().iterations()).sum(),
        trials.stream().mapToDouble(trial -> trial.low().seconds()).sum());
  }

  /** Requests that were answered while the trials measured, and not in the time of grace after. */
  private static long inTime(List<Trial.Result> trials) {
    long count = 0;
    for (Trial.Result trial : trials) {
      OpenLoopClient.Recording high = trial.high();
      for (int i = 0; high != null && i < high.dueNanos().length - high.unfinished(); i++) {
        double end = (high.dueNanos()[i] + high.latencyNanos()[i]) / NANOS_PER_SECOND;
        count += end <= trial.seconds() ? 1 : 0;
      }
    }
    return count;
  }

  private static long unfinished(List<Trial.Result> trials) {
    return trials.stream()
        .mapToLong(trial -> trial.high() == null ? 0 : trial.high().unfinished())
        .sum();
  }

  /** Share of time in which a request was being worked on; 1 if the side could not keep up. */
  private static double busyShare(List<Trial.Result> trials) {
    double busyNanos =
        trials.stream()
            .mapToDouble(trial -> trial.high() == null ? 0 : trial.high().busyNanos())
            .sum();
    return Math.min(1, busyNanos / (seconds(trials) * NANOS_PER_SECOND));
  }
}
