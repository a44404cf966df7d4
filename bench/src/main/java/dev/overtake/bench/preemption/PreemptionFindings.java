package dev.overtake.bench.preemption;

import dev.overtake.bench.page.Numbers;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * What the figures come to, in sentences, at the threshold that the paper has, or the next to it.
 */
final class PreemptionFindings {
  private static final int PAPERS_THRESHOLD = 8;

  /** What level 2 may take beyond the command that runs, microseconds. */
  private static final double L2_ALLOWANCE_MICROS = 20;

  private PreemptionFindings() {}

  static List<String> of(PreemptionResults results) {
    var findings = new ArrayList<String>();
    for (PreemptionLevel level : List.of(PreemptionLevel.L1, PreemptionLevel.L2)) {
      results.runs().stream()
          .filter(run -> run.level() == level)
          .min(Comparator.comparingInt(run -> Math.abs(run.threshold() - PAPERS_THRESHOLD)))
          .ifPresent(run -> findings.add(latency(run, results)));
      int threshold = nearest(results, level);
      var overhead =
          results.overhead().stream()
              .filter(each -> each.level() == level && each.threshold() == threshold)
              .toList();
      if (!overhead.isEmpty()) {
        findings.add(overhead(overhead));
      }
    }
    return findings;
  }

  private static int nearest(PreemptionResults results, PreemptionLevel level) {
    return results.overhead().stream()
        .filter(each -> each.level() == level)
        .map(PreemptionResults.Overhead::threshold)
        .min(Comparator.comparingInt(threshold -> Math.abs(threshold - PAPERS_THRESHOLD)))
        .orElse(0);
  }

  private static String latency(PreemptionResults.Latency run, PreemptionResults results) {
    double command = results.latencyMicros() == null ? 0 : results.latencyMicros();
    String p99 =
        String.format(
            Locale.ROOT,
            "%s: the device is free %.0f us after a suspension (P99), which is %.2f commands",
            run.label(),
            run.p99Micros(),
            run.commands());
    if (run.level() == PreemptionLevel.L1) {
      return p99 + " of the %d in flight.".formatted(run.threshold());
    }
    double beyond = run.p99Micros() - command;
    return p99
        + String.format(
            Locale.ROOT,
            ", or one command %s %.0f us (%s: at most %.0f us were the aim).",
            beyond < 0 ? "less" : "and",
            Math.abs(beyond),
            beyond <= L2_ALLOWANCE_MICROS ? "reached" : "missed",
            L2_ALLOWANCE_MICROS);
  }

  private static String overhead(List<PreemptionResults.Overhead> all) {
    DoubleSummaryStatistics range =
        all.stream().mapToDouble(PreemptionResults.Overhead::overhead).summaryStatistics();
    IntSummaryStatistics lengths =
        all.stream().mapToInt(PreemptionResults.Overhead::commandMicros).summaryStatistics();
    PreemptionResults.Overhead first = all.getFirst();
    return "%s (%d,%d): commands of %s us take %s longer than launched bare."
        .formatted(
            first.level(),
            first.threshold(),
            first.batch(),
            range(Integer.toString(lengths.getMin()), Integer.toString(lengths.getMax())),
            range(Numbers.change(range.getMin()), Numbers.change(range.getMax())));
  }

  private static String range(String from, String to) {
    return from.equals(to) ? from : from + " to " + to;
  }
}
