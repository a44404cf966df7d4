package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.HtmlTable;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of runs in the page: the terminal's columns, with a heading for each topology. */
final class TableSection {
  private static final List<RunColumn> COLUMNS =
      RunColumn.ALL.stream().filter(column -> !column.name().equals("topology")).toList();

  private TableSection() {}

  static String render(Results results) {
    var out = new StringBuilder("<table class=\"runs\">\n");
    out.append(HtmlTable.head(COLUMNS.stream().map(RunColumn::heading).toList()));
    List<SeriesStyle> styles = SeriesStyle.of(results);
    @Nullable Topology current = null;
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      if (run.topology() != current) {
        out.append(current == null ? "" : "</tbody>\n").append("<tbody>\n");
        out.append(HtmlTable.rowGroup(COLUMNS.size(), RunLabel.topology(run.topology())));
        current = run.topology();
      }
      appendRow(out, run, results, styles.get(i));
    }
    return out.append(current == null ? "" : "</tbody>\n").append("</table>\n").toString();
  }

  private static void appendRow(StringBuilder out, Run run, Results results, SeriesStyle style) {
    out.append("<tr>");
    for (RunColumn column : COLUMNS) {
      String cell = Html.figure(column.cell().apply(run, results));
      if (column.name().equals("mode")) {
        out.append(
            "<th scope=\"row\"><span class=\"%s\"><i class=\"swatch\"></i></span>%s</th>"
                .formatted(style.cssClass(), cell));
      } else {
        out.append("<td%s>%s</td>".formatted(HtmlTable.cssClass(column.heading()), cell));
      }
    }
    out.append("</tr>\n");
  }
}
