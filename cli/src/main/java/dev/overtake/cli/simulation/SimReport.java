package dev.overtake.cli.simulation;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.HtmlTable;
import dev.overtake.bench.page.LatencyPlots;
import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.page.Page;
import dev.overtake.sim.comparison.Comparison;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/** Results as one HTML file that needs nothing else, in the manner of bench's. */
public final class SimReport {
  private static final int COLOURS = 8;

  private SimReport() {}

  /**
   * The page. Equal results give equal pages.
   *
   * @param comparison that the results are of: the timelines come from it
   * @throws IllegalStateException if a part of the page is missing on the class path
   */
  public static String render(SimResults results, Comparison comparison) {
    var gaps = new HashMap<String, String>();
    gaps.put("title", Html.escape("Overtake sim: " + results.scenario().name()));
    gaps.put("subtitle", Html.escape(subtitle(results)));
    gaps.put("about", Html.escape(results.scenario().about()));
    gaps.put("warnings", warnings(results));
    gaps.put("table", table(results));
    gaps.put("distribution", LatencyPlots.distribution(lines(results)));
    gaps.put("timelines", TimelineFigure.render(comparison));
    return Page.render(SimReport.class, "report.html", gaps, results.toJson());
  }

  private static String subtitle(SimResults results) {
    return String.format(
        Locale.ROOT,
        "%s s of virtual time, seed %d",
        Numbers.plain(results.scenario().seconds()),
        results.scenario().seed());
  }

  private static String warnings(SimResults results) {
    var sentences = new ArrayList<String>();
    for (SimResults.PolicyRun policy : results.policies()) {
      policy.warnings().forEach(text -> sentences.add(policy.policy() + ": " + text));
    }
    return sentences.isEmpty()
        ? ""
        : "<section class=\"warnings\" role=\"note\">\n<h2>Warnings</h2>\n"
            + Html.list(sentences)
            + "\n</section>";
  }

  private static String table(SimResults results) {
    List<SimColumn> columns =
        SimColumn.of(results).stream()
            .filter(column -> !column.heading().name().equals("policy"))
            .toList();
    var out = new StringBuilder("<table class=\"runs\">\n");
    out.append(HtmlTable.head(columns.stream().map(SimColumn::heading).toList()));
    String policy = "";
    for (SimRun run : results.runs()) {
      if (!run.policy().equals(policy)) {
        out.append(policy.isEmpty() ? "" : "</tbody>\n").append("<tbody>\n");
        policy = run.policy();
        out.append(HtmlTable.rowGroup(columns.size(), heading(results, policy)));
      }
      out.append("<tr>");
      for (SimColumn column : columns) {
        String cell = Html.figure(column.cell().apply(run));
        out.append("<td%s>%s</td>".formatted(HtmlTable.cssClass(column.heading()), cell));
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody>\n</table>\n").toString();
  }

  /** The policy, and how busy it kept the devices. */
  private static String heading(SimResults results, String policy) {
    var heading = new StringBuilder(policy);
    for (SimResults.DeviceUse use : results.devices()) {
      if (use.policy().equals(policy)) {
        heading
            .append(", ")
            .append(use.device())
            .append(" busy ")
            .append(Numbers.percent(use.utilization()));
      }
    }
    return heading.toString();
  }

  /** The colour says which policy; of its clients, all but the first are dashed. */
  private static List<LatencyPlots.Line> lines(SimResults results) {
    var lines = new ArrayList<LatencyPlots.Line>();
    var policies = new ArrayList<String>();
    for (int i = 0; i < results.runs().size(); i++) {
      SimRun run = results.runs().get(i);
      boolean first = !policies.contains(run.policy());
      if (first) {
        policies.add(run.policy());
      }
      SimRun.Latency latency = run.latency();
      if (latency != null) {
        int colour = policies.indexOf(run.policy()) % COLOURS;
        lines.add(
            new LatencyPlots.Line(
                i,
                "series c" + colour + (first ? "" : " dashed"),
                run.policy() + ", " + run.client(),
                latency.p99Ms()));
      }
    }
    return lines;
  }
}
