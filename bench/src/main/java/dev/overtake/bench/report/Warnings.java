package dev.overtake.bench.report;

import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a reader must know before trusting the figures: what the harness noted, and what
 * follows from the figures themselves.
 */
final class Warnings {
  /** Below this share of the offered requests, latency is the length of the run's backlog. */
  private static final double KEEPS_UP = 0.95;

  private Warnings() {}

  /**
   * Warnings, each with the labels of the runs that it is about; without a label it is about all.
   */
  static Map<String, List<String>> of(Results results) {
    var warnings = new LinkedHashMap<String, List<String>>();
    if (!results.complete()) {
      warnings.put("Stopped early: what was measured until then is shown", new ArrayList<>());
    }
    for (Run run : results.runs()) {
      var all = new ArrayList<>(run.warnings());
      HighResult high = run.high();
      if (high != null) {
        addDerived(all, high);
      }
      for (String text : all) {
        List<String> labels = warnings.computeIfAbsent(text, key -> new ArrayList<>());
        if (!labels.contains(RunLabel.of(run))) {
          labels.add(RunLabel.of(run));
        }
      }
    }
    return warnings;
  }

  private static void addDerived(List<String> warnings, HighResult high) {
    String tooFew = high.p99Warning();
    if (tooFew != null && !warnings.contains(tooFew)) {
      warnings.add(tooFew);
    }
    if (high.samples() < KEEPS_UP * high.offered()) {
      warnings.add(
          "The high side completed only %s of its requests: latency grows with the length of the run"
              .formatted(Numbers.percent((double) high.samples() / high.offered())));
    }
  }

  /** One warning with its runs, as a line. */
  static String sentence(String text, List<String> runs) {
    return runs.isEmpty() ? text : String.join("; ", runs) + ": " + text;
  }
}
