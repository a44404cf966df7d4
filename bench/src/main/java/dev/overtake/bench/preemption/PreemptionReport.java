package dev.overtake.bench.preemption;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.HtmlTable;
import dev.overtake.bench.page.LatencyPlots;
import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.page.Page;
import dev.overtake.bench.result.Machine;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as one HTML file that needs nothing else, in the manner of the co-location tests'. */
public final class PreemptionReport {
  private static final int COLOURS = 8;

  /** An overhead that fills its cell. */
  private static final double FULL_BAR = 0.25;

  private PreemptionReport() {}

  /**
   * The page. Equal results give equal pages.
   *
   * @throws IllegalStateException if a part of the page is missing on the class path
   */
  public static String render(PreemptionResults results) {
    var gaps = new HashMap<String, String>();
    gaps.put(
        "subtitle",
        Html.escape(
            results.machine().deviceName()
                + ", "
                + results.startedAt().toString().substring(0, "2000-01-01".length())));
    gaps.put("findings", Html.list(PreemptionFindings.of(results)));
    gaps.put("warnings", warnings(results));
    gaps.put("latencies", latencies(results));
    gaps.put("distribution", LatencyPlots.distribution(lines(results)));
    gaps.put("overheads", overheads(new OverheadGrid(results.overhead())));
    gaps.put("source", Html.escape(PaperFigure.SOURCE));
    gaps.put("setup", setup(results));
    return Page.render(PreemptionReport.class, "report.html", gaps, results.toJson());
  }

  private static String warnings(PreemptionResults results) {
    return results.warnings().isEmpty()
        ? ""
        : "<section class=\"warnings\" role=\"note\">\n<h2>Warnings</h2>\n"
            + Html.list(results.warnings())
            + "\n</section>";
  }

  private static String latencies(PreemptionResults results) {
    if (results.runs().isEmpty()) {
      return none();
    }
    var out = new StringBuilder("<table class=\"runs\">\n");
    out.append(HtmlTable.head(LatencyColumn.ALL.stream().map(LatencyColumn::heading).toList()));
    out.append("<tbody>\n");
    for (PreemptionResults.Latency run : results.runs()) {
      out.append("<tr>");
      for (LatencyColumn column : LatencyColumn.ALL) {
        String cell = Html.figure(column.cell().apply(run, results));
        out.append("<td%s>%s</td>".formatted(HtmlTable.cssClass(column.heading()), cell));
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody>\n</table>\n").toString();
  }

  /** The colour says which threshold, a broken line is level 2. */
  private static List<LatencyPlots.Line> lines(PreemptionResults results) {
    List<Integer> thresholds =
        results.runs().stream().map(PreemptionResults.Latency::threshold).distinct().toList();
    var lines = new ArrayList<LatencyPlots.Line>();
    for (int i = 0; i < results.runs().size(); i++) {
      PreemptionResults.Latency run = results.runs().get(i);
      int colour = thresholds.indexOf(run.threshold()) % COLOURS;
      String dashed = run.level() == PreemptionLevel.L1 ? "" : " dashed";
      lines.add(
          new LatencyPlots.Line(
              i, "series c" + colour + dashed, run.label(), run.p99Micros() / 1e3));
    }
    return lines;
  }

  private static String overheads(OverheadGrid grid) {
    if (grid.all().isEmpty()) {
      return none();
    }
    var columns = new ArrayList<AlignedTable.Column>();
    columns.add(new AlignedTable.Column("", "queue", false, 0));
    grid.lengths()
        .forEach(length -> columns.add(new AlignedTable.Column("", length + " us", true, 0)));
    var out = new StringBuilder("<table class=\"runs overhead\">\n");
    out.append(HtmlTable.head(columns)).append("<tbody>\n");
    for (OverheadGrid.Row row : grid.rows()) {
      out.append("<tr><th scope=\"row\">%s</th>".formatted(Html.escape(row.label())));
      for (int length : grid.lengths()) {
        out.append(
            grid.cell(row, length)
                .map(PreemptionReport::cell)
                .orElse("<td class=\"n\">%s</td>".formatted(Numbers.ABSENT)));
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody>\n</table>\n").toString();
  }

  /** The figure, and a bar as long as it is large. */
  private static String cell(PreemptionResults.Overhead overhead) {
    double share = Math.clamp(overhead.overhead() / FULL_BAR, 0, 1);
    return String.format(
        Locale.ROOT,
        "<td class=\"n\" style=\"--share:%.1f%%\">%s<small>%s\u2013%s</small></td>",
        100 * share,
        Html.figure(Numbers.change(overhead.overhead())),
        Html.figure(Numbers.change(overhead.least())),
        Html.figure(Numbers.change(overhead.most())));
  }

  private static String none() {
    return "<p class=\"none\">Was not measured.</p>\n";
  }

  private static String setup(PreemptionResults results) {
    Machine machine = results.machine();
    var terms = new LinkedHashMap<String, String>();
    terms.put("Command", String.join(" ", results.commandLine()));
    terms.put("Started", results.startedAt().toString());
    terms.put("Finished", results.finishedAt() + (results.complete() ? "" : ", stopped early"));
    terms.put("Overtake", results.toolVersion());
    terms.put("Device", results.device() + ", " + machine.deviceName());
    terms.put("CPU", machine.cpuModel() + ", " + machine.logicalCores() + " logical cores");
    terms.put("System", machine.operatingSystem());
    terms.put("Java", machine.javaVm());
    var out = new StringBuilder("<div class=\"terms\">\n<dl>\n");
    for (Map.Entry<String, String> term : terms.entrySet()) {
      out.append("<dt>%s</dt><dd>%s</dd>\n".formatted(term.getKey(), Html.escape(term.getValue())));
    }
    return out.append("</dl>\n</div>\n").toString();
  }
}
