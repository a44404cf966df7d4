package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.LatencyPlots;
import dev.overtake.bench.page.Page;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import dev.overtake.bench.result.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Results as one HTML file that needs nothing else: styles, scripts, uPlot and the results
 * themselves are in it, and it loads nothing from the network. Tables, verdict and bars are there
 * without scripts; the two kinds of plot need them.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * The page. Equal results give equal pages.
   *
   * @throws IllegalStateException if uPlot or the page's own parts are missing on the class path
   */
  public static String render(Results results) {
    Verdict verdict = Verdict.of(results);
    var gaps = new HashMap<String, String>();
    gaps.put("title", Html.escape(title(results)));
    gaps.put("subtitle", Html.escape(subtitle(results)));
    gaps.put("verdict", VerdictSection.render(verdict));
    gaps.put("warnings", warnings(results));
    gaps.put("table", TableSection.render(results));
    gaps.put(
        "distribution",
        LatencyPlots.distribution(lines(results, run -> !run.latencyDistribution().isEmpty())));
    gaps.put(
        "overTime",
        LatencyPlots.overTime(lines(results, run -> !run.latencyOverTime().ms().isEmpty())));
    gaps.put("throughput", ThroughputFigure.render(results));
    gaps.put("isolation", RangeFigure.isolation(results));
    gaps.put("harvest", RangeFigure.harvest(results));
    gaps.put("setup", SetupSection.render(results));
    return Page.render(HtmlReport.class, "report.html", gaps, ResultsJson.toJson(results));
  }

  private static List<LatencyPlots.Line> lines(Results results, Predicate<Run> shown) {
    List<SeriesStyle> styles = SeriesStyle.of(results);
    var lines = new ArrayList<LatencyPlots.Line>();
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      HighResult high = run.high();
      if (high != null && shown.test(run)) {
        lines.add(
            new LatencyPlots.Line(i, styles.get(i).cssClass(), RunLabel.of(run), high.p99Ms()));
      }
    }
    return lines;
  }

  private static String title(Results results) {
    return "Overtake bench: " + results.configuration().suite();
  }

  private static String subtitle(Results results) {
    return results.machine().deviceName()
        + ", "
        + results.startedAt().toString().substring(0, "2000-01-01".length());
  }

  private static String warnings(Results results) {
    Map<String, List<String>> warnings = Warnings.of(results);
    if (warnings.isEmpty()) {
      return "";
    }
    List<String> sentences =
        warnings.entrySet().stream()
            .map(warning -> Warnings.sentence(warning.getKey(), warning.getValue()))
            .toList();
    return "<section class=\"warnings\" role=\"note\">\n<h2>Warnings</h2>\n"
        + Html.list(sentences)
        + "\n</section>";
  }
}
