package dev.overtake.bench.page;

import java.util.List;

/**
 * The places of the latency plots: one for the distribution with a switch for each run, one panel a
 * run for latency over time. The scripts find by {@code data-run}, the index in the embedded
 * results, what they are to draw, and take the colour from the element.
 */
public final class LatencyPlots {
  private static final String NONE = "<p class=\"none\">No request was completed.</p>\n";

  /**
   * A run that is drawn.
   *
   * @param index of the run among the {@code runs} of the embedded results
   * @param cssClass gives an element the run's colour
   * @param label what the run is called; not escaped
   * @param p99Ms its P99 latency
   */
  public record Line(int index, String cssClass, String label, double p99Ms) {}

  private LatencyPlots() {}

  /**
   * The distribution plot and its switches.
   *
   * @param lines of runs that have a {@code latencyDistribution}
   */
  public static String distribution(List<Line> lines) {
    if (lines.isEmpty()) {
      return NONE;
    }
    var switches = new StringBuilder();
    for (Line line : lines) {
      switches.append(
          """
          <button type="button" class="%s" data-run="%d" aria-pressed="true">\
          <i class="swatch"></i><span>%s</span> <b class="at">%s</b></button>
          """
              .formatted(
                  line.cssClass(),
                  line.index(),
                  Html.escape(line.label()),
                  Numbers.ms(line.p99Ms())));
    }
    return """
    <div id="distribution" class="plot"></div>
    <div class="switches" role="group" aria-label="Modes shown in the plot">
    <span class="at-what">at P99</span>
    %s</div>
    """
        .formatted(switches);
  }

  /**
   * A panel for each run.
   *
   * @param lines of runs that have a {@code latencyOverTime}
   */
  public static String overTime(List<Line> lines) {
    if (lines.isEmpty()) {
      return NONE;
    }
    var panels = new StringBuilder();
    for (Line line : lines) {
      panels.append(
          """
          <figure class="%s" data-run="%d"><figcaption><i class="swatch"></i>%s</figcaption>\
          <div class="plot"></div></figure>
          """
              .formatted(line.cssClass(), line.index(), Html.escape(line.label())));
    }
    return "<div class=\"panels\">\n" + panels + "</div>\n";
  }
}
