package dev.overtake.cli.simulation;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Numbers;
import java.util.List;

/** Results for the terminal: who fared how under which policy, and how busy the devices were. */
public final class SimTable {
  private SimTable() {}

  /**
   * Renders results as lines of text.
   *
   * @param columns width of the terminal in characters; where a table needs more, its least
   *     important columns are left out
   */
  public static String render(SimResults results, int columns) {
    var out = new StringBuilder();
    out.append(runs(results).render(columns));
    out.append('\n').append(devices(results).render(columns));
    for (SimResults.PolicyRun policy : results.policies()) {
      for (String warning : policy.warnings()) {
        out.append("\nWarning: under ").append(policy.policy()).append(": ").append(warning);
      }
    }
    return out.append(hasWarnings(results) ? "\n" : "").toString();
  }

  private static boolean hasWarnings(SimResults results) {
    return results.policies().stream().anyMatch(policy -> !policy.warnings().isEmpty());
  }

  private static AlignedTable runs(SimResults results) {
    List<SimColumn> columns = SimColumn.of(results);
    var table = new AlignedTable(columns.stream().map(SimColumn::heading).toList());
    for (SimRun run : results.runs()) {
      table.add(columns.stream().map(column -> column.cell().apply(run)).toList());
    }
    return table;
  }

  private static AlignedTable devices(SimResults results) {
    var table =
        new AlignedTable(
            List.of(
                new AlignedTable.Column("", "policy", false, 9),
                new AlignedTable.Column("", "device", false, 9),
                new AlignedTable.Column("", "utilization", true, 8),
                new AlignedTable.Column("", "hand-overs", true, 3),
                new AlignedTable.Column("", "interruptions", true, 2)));
    for (SimResults.DeviceUse use : results.devices()) {
      table.add(
          List.of(
              use.policy(),
              use.devices() == 1 ? use.device() : "%s x%d".formatted(use.device(), use.devices()),
              Numbers.oneDecimal(100 * use.utilization()) + " %",
              Long.toString(use.handOvers()),
              Long.toString(use.interruptions())));
    }
    return table;
  }
}
