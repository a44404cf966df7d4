package dev.overtake.bench.report;

import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the figures say, in words, for somebody who reads nothing else.
 *
 * @param tone how good the news is
 * @param headline the one finding, without a full stop
 * @param details what qualifies it: a sentence for each topology
 * @param leading what the headline is about; null if there is nothing to compare
 */
record Verdict(Tone tone, String headline, List<String> details, @Nullable Finding leading) {

  /** How good the news is. */
  enum Tone {
    /** The tail is near that of a device of its own, and the batch side keeps what is left. */
    GOOD,
    /** Better than the baseline, but one side still pays. */
    MIXED,
    /** No better than the baseline. */
    BAD,
    /** Nothing to compare. */
    OPEN
  }

  static Verdict of(Results results) {
    List<Finding> findings = new ArrayList<>();
    for (Topology topology :
        List.of(Topology.SHARED, Topology.SEPARATE, Topology.THREADS, Topology.PROCESSES)) {
      Finding.of(results, topology).ifPresent(findings::add);
    }
    if (findings.isEmpty()) {
      return new Verdict(Tone.OPEN, nothingToCompare(results), List.of(), null);
    }
    // The shared queue comes first: it is what programs get that do not ask for anything else.
    Finding leading = findings.getFirst();
    boolean agree = findings.stream().allMatch(finding -> finding.tone() == leading.tone());
    return new Verdict(
        agree ? leading.tone() : Tone.MIXED,
        leading.headline(),
        findings.stream().map(Finding::sentence).toList(),
        leading);
  }

  private static String nothingToCompare(Results results) {
    if (results.runs().isEmpty()) {
      return "Nothing was measured";
    }
    return results.runs().stream()
        .filter(run -> run.high() != null)
        .findFirst()
        .map(Verdict::onlyThis)
        .orElse("Nothing to compare: the high side completed no request");
  }

  private static String onlyThis(Run run) {
    HighResult high = run.high();
    return "Nothing to compare: %s has high P50 %s and P99 %s"
        .formatted(
            RunLabel.of(run),
            high == null ? Numbers.ABSENT : Numbers.ms(high.p50Ms()),
            high == null ? Numbers.ABSENT : Numbers.ms(high.p99Ms()));
  }
}
