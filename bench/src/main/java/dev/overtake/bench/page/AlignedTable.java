package dev.overtake.bench.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of plain text whose columns line up: a line of group headings where any column has one, a
 * line of names, a rule, the rows. Columns that do not fit the width are left out, the least
 * important first. Cells are measured in UTF-16 units, so this is for text without wide characters.
 */
public final class AlignedTable {
  private static final String GAP = "  ";

  /**
   * Heading, side and rank of a column.
   *
   * @param group heading that neighbouring columns share; empty for none
   * @param name heading of the column
   * @param right whether its cells line up on the right
   * @param importance columns of the lowest go first where there is not room for all
   */
  public record Column(String group, String name, boolean right, int importance) {}

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these columns and no row yet. */
  public AlignedTable(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Adds a row with one cell a column. */
  public void add(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells for " + columns.size() + " columns");
    }
    rows.add(List.copyOf(cells));
  }

  /**
   * The table, every line ended by a line feed and without trailing blanks.
   *
   * @param width characters a line that should be enough; one column is printed whatever it is
   */
  public String render(int width) {
    List<Integer> shown = fitting(width);
    var out = new StringBuilder();
    if (shown.stream().anyMatch(i -> !columns.get(i).group().isEmpty())) {
      appendGroups(out, shown);
    }
    appendLine(out, shown, columns.stream().map(Column::name).toList());
    out.repeat("-", lineWidth(shown)).append('\n');
    rows.forEach(row -> appendLine(out, shown, row));
    return out.toString();
  }

  private List<Integer> fitting(int width) {
    var shown = new ArrayList<Integer>();
    for (int i = 0; i < columns.size(); i++) {
      shown.add(i);
    }
    while (shown.size() > 1 && lineWidth(shown) > width) {
      int least = 0;
      for (int at = 1; at < shown.size(); at++) {
        // Of equals the rightmost goes: what is read first stays.
        if (importance(shown, at) <= importance(shown, least)) {
          least = at;
        }
      }
      Integer dropped = shown.get(least);
      shown.removeIf(dropped::equals);
    }
    return shown;
  }

  private int importance(List<Integer> shown, int at) {
    return columns.get(shown.get(at)).importance();
  }

  private int width(int column) {
    int width = columns.get(column).name().length();
    for (List<String> row : rows) {
      width = Math.max(width, row.get(column).length());
    }
    return width;
  }

  private int lineWidth(List<Integer> shown) {
    return shown.stream().mapToInt(this::width).sum() + GAP.length() * (shown.size() - 1);
  }

  private void appendLine(StringBuilder out, List<Integer> shown, List<String> cells) {
    var line = new StringBuilder();
    for (int i : shown) {
      String cell = cells.get(i);
      String blanks = " ".repeat(width(i) - cell.length());
      line.append(line.isEmpty() ? "" : GAP);
      line.append(columns.get(i).right() ? blanks + cell : cell + blanks);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  /** Each group's heading over its columns, drawn out with dots so that its extent shows. */
  private void appendGroups(StringBuilder out, List<Integer> shown) {
    var line = new StringBuilder();
    int at = 0;
    while (at < shown.size()) {
      String group = columns.get(shown.get(at)).group();
      int end = at + 1;
      while (end < shown.size() && columns.get(shown.get(end)).group().equals(group)) {
        end++;
      }
      int width = lineWidth(shown.subList(at, end));
      line.append(at == 0 ? "" : GAP).append(spanning(group, width));
      at = end;
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static String spanning(String heading, int width) {
    if (heading.isEmpty()) {
      return " ".repeat(width);
    }
    if (heading.length() >= width) {
      return heading.substring(0, width);
    }
    return ".".repeat(width - heading.length() - 1) + " " + heading;
  }
}
