package dev.overtake.bench.report;

import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.BaselineChange;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Spread;
import dev.overtake.bench.result.Topology;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The best mode of one topology against its baseline. Best is what keeps most of both sides: the
 * share of the free device that batch work gets, divided by how much longer the tail became.
 *
 * @param best the mode
 * @param bestHigh its high side
 * @param baselineHigh the baseline's high side
 * @param change the difference
 * @param overlap whether the rounds' P99 ranges overlap, so that noise alone could explain it
 */
record Finding(
    Run best,
    HighResult bestHigh,
    HighResult baselineHigh,
    BaselineChange change,
    boolean overlap) {

  private static final double GOOD_ISOLATION = 1.5;
  private static final double GOOD_HARVEST = 0.9;

  /** Differences smaller than this share are not worth a word, whatever the rounds say. */
  private static final double NO_CHANGE = 0.03;

  /** The finding of a topology; empty if it has no baseline, or nothing to set against it. */
  static Optional<Finding> of(Results results, Topology topology) {
    return results.runs().stream()
        .filter(run -> run.topology() == topology && run.high() != null)
        .filter(run -> BaselineChange.of(run, results).isPresent())
        .min(Comparator.comparingDouble(Finding::cost))
        .flatMap(best -> against(best, results));
  }

  private static Optional<Finding> against(Run best, Results results) {
    return BaselineChange.baselineOf(best, results)
        .flatMap(
            baseline -> {
              HighResult bestHigh = best.high();
              HighResult baselineHigh = baseline.high();
              if (bestHigh == null || baselineHigh == null) {
                return Optional.empty();
              }
              return BaselineChange.of(best, results)
                  .map(
                      change ->
                          new Finding(
                              best, bestHigh, baselineHigh, change, overlap(best, baseline)));
            });
  }

  /** Without the ratios (a side is missing) the tail alone decides. */
  private static double cost(Run run) {
    Double isolation = run.isolation();
    Double harvest = run.harvest();
    if (isolation != null && harvest != null) {
      return Math.max(isolation, 1) / Math.clamp(harvest, 1e-9, 1);
    }
    HighResult high = run.high();
    return high == null ? Double.MAX_VALUE : high.p99Ms();
  }

  private static boolean overlap(Run a, Run b) {
    Optional<Spread> first = Spread.of(a, RoundResult::highP99Ms);
    Optional<Spread> second = Spread.of(b, RoundResult::highP99Ms);
    return first.isPresent()
        && second.isPresent()
        && first.get().min() <= second.get().max()
        && second.get().min() <= first.get().max();
  }

  Verdict.Tone tone() {
    if (!improves()) {
      return Verdict.Tone.BAD;
    }
    Double isolation = best.isolation();
    Double harvest = best.harvest();
    boolean good =
        (isolation == null || isolation <= GOOD_ISOLATION)
            && (harvest == null || harvest >= GOOD_HARVEST);
    return good && !overlap ? Verdict.Tone.GOOD : Verdict.Tone.MIXED;
  }

  private boolean improves() {
    return bestHigh.p99Ms() < (1 - NO_CHANGE) * baselineHigh.p99Ms();
  }

  /** The finding in one line. */
  String headline() {
    return "%s: high P99 %s%s"
        .formatted(RunLabel.topology(best.topology()), comparison(), batchClause());
  }

  /** The finding in one sentence, with the figures that it rests on. */
  String sentence() {
    Double isolation = best.isolation();
    return "%s: %s has high P99 %s against %s in the baseline (%s)%s%s%s%s."
        .formatted(
            RunLabel.topology(best.topology()),
            best.mode(),
            Numbers.ms(bestHigh.p99Ms()),
            Numbers.ms(baselineHigh.p99Ms()),
            comparison(),
            isolation == null ? "" : ", " + Numbers.times(isolation) + " what it is alone",
            p50Clause(),
            lowClause(),
            overlap ? "; the rounds' ranges overlap, so noise may explain the difference" : "");
  }

  private String comparison() {
    double ratio = baselineHigh.p99Ms() / bestHigh.p99Ms();
    if (Math.abs(1 - ratio) <= NO_CHANGE) {
      return "no different from baseline";
    }
    return ratio > 1
        ? Numbers.times(ratio) + " lower than baseline"
        : Numbers.times(1 / ratio) + " higher than baseline";
  }

  private String p50Clause() {
    return "; P50 %s against %s (%s)"
        .formatted(
            Numbers.ms(bestHigh.p50Ms()),
            Numbers.ms(baselineHigh.p50Ms()),
            Numbers.change(change.p50()));
  }

  private String batchClause() {
    Double harvest = best.harvest();
    return harvest == null
        ? ""
        : "; batch gets " + Numbers.percent(harvest) + " of the time left over";
  }

  private String lowClause() {
    @Nullable Double low = change.lowRate();
    return batchClause()
        + (low == null ? "" : " (%s against baseline)".formatted(Numbers.change(low)));
  }
}
