package dev.overtake.bench.report;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything a reader must know before trusting the figures, of which the harness noted most. */
final class Warnings {
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
      for (String text : run.warnings()) {
        List<String> labels = warnings.computeIfAbsent(text, key -> new ArrayList<>());
        if (!labels.contains(RunLabel.of(run))) {
          labels.add(RunLabel.of(run));
        }
      }
    }
    return warnings;
  }

  /** One warning with its runs, as a line. */
  static String sentence(String text, List<String> runs) {
    return runs.isEmpty() ? text : String.join("; ", runs) + ": " + text;
  }
}
