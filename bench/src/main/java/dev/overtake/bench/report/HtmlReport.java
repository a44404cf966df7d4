package dev.overtake.bench.report;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    gaps.put("distribution", LatencySections.distribution(results));
    gaps.put("overTime", LatencySections.overTime(results));
    gaps.put("throughput", ThroughputFigure.render(results));
    gaps.put("isolation", RangeFigure.isolation(results));
    gaps.put("harvest", RangeFigure.harvest(results));
    gaps.put("setup", SetupSection.render(results));
    gaps.put("json", Html.embeddedJson(ResultsJson.toJson(results)));
    gaps.put("styles", Assets.styles());
    gaps.put("plotLibrary", Assets.plotLibrary());
    gaps.put("scripts", Assets.scripts());
    return PageTemplate.fill(Assets.page(), gaps);
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
