package dev.overtake.bench.preemption;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results for the terminal: both tables, what they come to, and what to beware of. */
public final class PreemptionTable {
  private PreemptionTable() {}

  /**
   * Renders results as lines of text.
   *
   * @param columns width of the terminal in characters; where a table needs more, its least
   *     important columns are left out
   */
  public static String render(PreemptionResults results, int columns) {
    var out = new StringBuilder();
    if (!results.runs().isEmpty()) {
      out.append(
          String.format(
              Locale.ROOT, "Preemption latency, commands of %.1f us%n", results.latencyMicros()));
      out.append(latencies(results).render(columns)).append('\n');
    }
    if (!results.overhead().isEmpty()) {
      out.append(
          "Runtime overhead by length of commands: their time against launched bare, median of"
              + " rounds\n");
      out.append(overheads(new OverheadGrid(results.overhead())).render(columns)).append('\n');
    }
    PreemptionFindings.of(results).forEach(finding -> out.append(finding).append('\n'));
    if (!results.paper().isEmpty()) {
      out.append("Paper: ").append(PaperFigure.SOURCE).append(".\n");
    }
    results.warnings().forEach(text -> out.append("Warning: ").append(text).append('\n'));
    return out.toString();
  }

  private static AlignedTable latencies(PreemptionResults results) {
    var table = new AlignedTable(LatencyColumn.ALL.stream().map(LatencyColumn::heading).toList());
    for (PreemptionResults.Latency run : results.runs()) {
      table.add(
          LatencyColumn.ALL.stream().map(column -> column.cell().apply(run, results)).toList());
    }
    return table;
  }

  private static AlignedTable overheads(OverheadGrid grid) {
    var headings = new ArrayList<AlignedTable.Column>();
    headings.add(new AlignedTable.Column("", "queue", false, 10));
    grid.lengths()
        .forEach(length -> headings.add(new AlignedTable.Column("", length + " us", true, 5)));
    var table = new AlignedTable(headings);
    for (OverheadGrid.Row row : grid.rows()) {
      var cells = new ArrayList<>(List.of(row.label()));
      for (int length : grid.lengths()) {
        cells.add(
            grid.cell(row, length)
                .map(cell -> Numbers.change(cell.overhead()))
                .orElse(Numbers.ABSENT));
      }
      table.add(cells);
    }
    return table;
  }
}
