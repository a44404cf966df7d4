package dev.overtake.bench.page;

import java.util.List;

/** The parts of a table in a page that do not depend on what is in it. */
public final class HtmlTable {
  private HtmlTable() {}

  /** The table's head: a row of group headings, and a row of names. */
  public static String head(List<AlignedTable.Column> columns) {
    var out = new StringBuilder("<thead>\n");
    appendGroups(out, columns);
    appendNames(out, columns);
    return out.append("</thead>\n").toString();
  }

  /** A heading across all columns, for the rows that follow. */
  public static String rowGroup(int columns, String heading) {
    return "<tr class=\"topology\"><th colspan=\"%d\" scope=\"rowgroup\"><span>%s</span></th></tr>\n"
        .formatted(columns, Html.escape(heading));
  }

  /** The class attribute of a column's cells, with a blank before it; empty for none. */
  public static String cssClass(AlignedTable.Column column) {
    return column.right() ? " class=\"n\"" : "";
  }

  private static void appendGroups(StringBuilder out, List<AlignedTable.Column> columns) {
    out.append("<tr class=\"groups\">");
    int at = 0;
    while (at < columns.size()) {
      String group = columns.get(at).group();
      int end = at;
      while (end < columns.size() && columns.get(end).group().equals(group)) {
        end++;
      }
      String tag = group.isEmpty() ? "td" : "th scope=\"colgroup\"";
      out.append("<%s colspan=\"%d\">%s</%s>".formatted(tag, end - at, group, tag.substring(0, 2)));
      at = end;
    }
    out.append("</tr>\n");
  }

  private static void appendNames(StringBuilder out, List<AlignedTable.Column> columns) {
    out.append("<tr>");
    for (AlignedTable.Column column : columns) {
      out.append("<th scope=\"col\"%s>%s</th>".formatted(cssClass(column), column.name()));
    }
    out.append("</tr>\n");
  }
}
