package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a figure, a row a mode, under a heading for each topology. */
final class ModeRows {
  /**
   * What a row shows of its run.
   *
   * @param track HTML of the marks
   * @param figure the value as text
   * @param note HTML of what is said beside the value, for example its range
   */
  record Row(String track, String figure, String note) {}

  private ModeRows() {}

  /**
   * The rows as HTML; empty if there are none.
   *
   * @param row makes the row of a run; empty for a run that the figure leaves out
   */
  static String render(Results results, Function<Run, Optional<Row>> row) {
    var out = new StringBuilder();
    List<SeriesStyle> styles = SeriesStyle.of(results);
    @Nullable Topology current = null;
    for (int i = 0; i < results.runs().size(); i++) {
      Run run = results.runs().get(i);
      Optional<Row> given = row.apply(run);
      if (given.isPresent()) {
        if (run.topology() != current) {
          current = run.topology();
          out.append("<p class=\"group\">%s</p>\n".formatted(RunLabel.topology(current)));
        }
        append(out, run, styles.get(i), given.get());
      }
    }
    return out.toString();
  }

  private static void append(StringBuilder out, Run run, SeriesStyle style, Row row) {
    out.append(
        """
        <div class="row %s"><span class="label"><i class="swatch"></i>%s</span>\
        <span class="track">%s</span>\
        <span class="value"><b>%s</b> <small>%s</small></span></div>
        """
            .formatted(
                style.cssClass(), Html.escape(run.mode()), row.track(), row.figure(), row.note()));
  }
}
