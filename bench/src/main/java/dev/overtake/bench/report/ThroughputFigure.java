package dev.overtake.bench.report;

import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.LowResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Spread;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The low side's rate as a bar for each mode, with a line through all of them where the low side
 * alone is. Plain HTML and CSS.
 */
final class ThroughputFigure {
  private ThroughputFigure() {}

  static String render(Results results) {
    OptionalDouble max =
        results.runs().stream()
            .map(Run::low)
            .flatMap(Stream::ofNullable)
            .mapToDouble(LowResult::iterationsPerSecond)
            .max();
    if (max.isEmpty() || max.getAsDouble() <= 0) {
      return "<p class=\"none\">The low side completed no pass.</p>\n";
    }
    var scale = new Scale(0, max.getAsDouble() * 1.04, false);
    OptionalDouble alone = alone(results);
    String rows =
        ModeRows.render(
            results, run -> Optional.ofNullable(run.low()).map(low -> row(run, low, scale, alone)));
    String line =
        alone.isPresent() ? " has-one\" style=\"--one:" + scale.place(alone.getAsDouble()) : "";
    return "<div class=\"bars%s\">\n%s</div>\n".formatted(line, rows);
  }

  private static OptionalDouble alone(Results results) {
    return results.runs().stream()
        .filter(run -> run.mode().equals(Run.STANDALONE_LOW))
        .map(Run::low)
        .flatMap(Stream::ofNullable)
        .mapToDouble(LowResult::iterationsPerSecond)
        .findFirst();
  }

  private static ModeRows.Row row(Run run, LowResult low, Scale scale, OptionalDouble alone) {
    double rate = low.iterationsPerSecond();
    var notes = new ArrayList<String>();
    if (alone.isPresent() && alone.getAsDouble() > 0 && !run.mode().equals(Run.STANDALONE_LOW)) {
      notes.add(Numbers.percent(rate / alone.getAsDouble()) + " of alone");
    }
    Spread.of(run, RoundResult::lowIterationsPerSecond)
        .map(ThroughputFigure::words)
        .ifPresent(notes::add);
    return new ModeRows.Row(
        "<i class=\"bar\" style=\"width:%s\"></i>".formatted(scale.place(rate)),
        Numbers.twoDecimals(rate),
        String.join(", ", notes));
  }

  private static String words(Spread rounds) {
    return "rounds %s\u2013%s"
        .formatted(Numbers.twoDecimals(rounds.min()), Numbers.twoDecimals(rounds.max()));
  }
}
