package dev.overtake.bench.report;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import java.util.List;
import java.util.Map;

/**
 * Results for the terminal: a table with a row a run, what follows from it in words, and what to
 * beware of. Plain ASCII apart from names that come from outside.
 */
public final class ResultTable {
  private ResultTable() {}

  /**
   * Renders results as lines of text.
   *
   * @param columns width of the terminal in characters; where the table needs more, its least
   *     important columns are left out, so pass {@link Integer#MAX_VALUE} for all of them
   */
  public static String render(Results results, int columns) {
    var out = new StringBuilder();
    if (!results.runs().isEmpty()) {
      out.append(table(results).render(columns)).append('\n');
    }
    Verdict verdict = Verdict.of(results);
    appendWrapped(out, "", verdict.headline(), columns);
    verdict.details().forEach(detail -> appendWrapped(out, "  ", detail, columns));
    Map<String, List<String>> warnings = Warnings.of(results);
    if (!warnings.isEmpty()) {
      out.append("\nWarnings\n");
      warnings.forEach(
          (text, runs) -> appendWrapped(out, "  ", Warnings.sentence(text, runs), columns));
    }
    return out.toString();
  }

  private static AlignedTable table(Results results) {
    var table = new AlignedTable(RunColumn.ALL.stream().map(RunColumn::heading).toList());
    for (Run run : results.runs()) {
      table.add(RunColumn.ALL.stream().map(column -> column.cell().apply(run, results)).toList());
    }
    return table;
  }

  private static void appendWrapped(StringBuilder out, String indent, String text, int columns) {
    int length = 0;
    for (String word : text.split("\\s+", -1)) {
      if (length > 0 && length + 1 + word.length() > columns) {
        out.append('\n');
        length = 0;
      }
      String before = length > 0 ? " " : indent;
      out.append(before).append(word);
      length += before.length() + word.length();
    }
    out.append('\n');
  }
}
