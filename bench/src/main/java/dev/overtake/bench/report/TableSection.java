package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
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
    var out = new StringBuilder("<table class=\"runs\">\n<thead>\n");
    appendGroups(out);
    appendNames(out);
    out.append("</thead>\n");
    List<SeriesStyle> styles = SeriesStyle.of(results);
    @Nullable Topology current = null;
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      if (run.topology() != current) {
        out.append(current == null ? "" : "</tbody>\n").append("<tbody>\n");
        appendTopology(out, run.topology());
        current = run.topology();
      }
      appendRow(out, run, results, styles.get(i));
    }
    return out.append(current == null ? "" : "</tbody>\n").append("</table>\n").toString();
  }

  private static void appendGroups(StringBuilder out) {
    out.append("<tr class=\"groups\">");
    int at = 0;
    while (at < COLUMNS.size()) {
      String group = COLUMNS.get(at).group();
      int end = at;
      while (end < COLUMNS.size() && COLUMNS.get(end).group().equals(group)) {
        end++;
      }
      String tag = group.isEmpty() ? "td" : "th scope=\"colgroup\"";
      out.append("<%s colspan=\"%d\">%s</%s>".formatted(tag, end - at, group, tag.substring(0, 2)));
      at = end;
    }
    out.append("</tr>\n");
  }

  private static void appendNames(StringBuilder out) {
    out.append("<tr>");
    for (RunColumn column : COLUMNS) {
      out.append("<th scope=\"col\"%s>%s</th>".formatted(cssClass(column), column.name()));
    }
    out.append("</tr>\n");
  }

  private static void appendTopology(StringBuilder out, Topology topology) {
    out.append(
        "<tr class=\"topology\"><th colspan=\"%d\" scope=\"rowgroup\"><span>%s</span></th></tr>\n"
            .formatted(COLUMNS.size(), RunLabel.topology(topology)));
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
        out.append("<td%s>%s</td>".formatted(cssClass(column), cell));
      }
    }
    out.append("</tr>\n");
  }

  private static String cssClass(RunColumn column) {
    return column.numeric() ? " class=\"n\"" : "";
  }
}
