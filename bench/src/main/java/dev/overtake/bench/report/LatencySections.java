package dev.overtake.bench.report;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import java.util.List;

/**
 * The places of the latency plots: one for the distribution with a switch for each run, one panel a
 * run for latency over time. The scripts find by {@code data-run}, the index in the embedded
 * results, what they are to draw, and take the colour from the element.
 */
final class LatencySections {
  private LatencySections() {}

  private static final String NONE = "<p class=\"none\">The high side completed no request.</p>\n";

  /** The distribution plot and its switches. */
  static String distribution(Results results) {
    String switches = switches(results);
    return switches.isEmpty()
        ? NONE
        : """
        <div id="distribution" class="plot"></div>
        <div class="switches" role="group" aria-label="Modes shown in the plot">
        <span class="at-what">at P99</span>
        %s</div>
        """
            .formatted(switches);
  }

  private static String switches(Results results) {
    var out = new StringBuilder();
    List<SeriesStyle> styles = SeriesStyle.of(results);
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      HighResult high = run.high();
      if (high != null && !run.latencyDistribution().isEmpty()) {
        out.append(
            """
            <button type="button" class="%s" data-run="%d" aria-pressed="true">\
            <i class="swatch"></i><span>%s</span> <b class="at">%s</b></button>
            """
                .formatted(
                    styles.get(i).cssClass(),
                    i,
                    Html.escape(RunLabel.of(run)),
                    Numbers.ms(high.p99Ms())));
      }
    }
    return out.toString();
  }

  /** A panel for each run. */
  static String overTime(Results results) {
    String panels = panels(results);
    return panels.isEmpty() ? NONE : "<div class=\"panels\">\n" + panels + "</div>\n";
  }

  private static String panels(Results results) {
    var out = new StringBuilder();
    List<SeriesStyle> styles = SeriesStyle.of(results);
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      if (!run.latencyOverTime().ms().isEmpty()) {
        out.append(
            """
            <figure class="%s" data-run="%d"><figcaption><i class="swatch"></i>%s</figcaption>\
            <div class="plot"></div></figure>
            """
                .formatted(styles.get(i).cssClass(), i, Html.escape(RunLabel.of(run))));
      }
    }
    return out.toString();
  }
}
