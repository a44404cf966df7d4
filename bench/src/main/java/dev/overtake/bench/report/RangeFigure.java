package dev.overtake.bench.report;

import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Spread;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * One ratio of every mode as a dot, with a bar from the smallest to the largest round, along an
 * axis with a mark where "as good as alone" is. Plain HTML and CSS: it prints, and needs no script.
 */
final class RangeFigure {
  private final Function<Run, @Nullable Double> value;
  private final Function<RoundResult, @Nullable Double> ofRound;
  private final boolean logarithmic;

  private RangeFigure(
      Function<Run, @Nullable Double> value,
      Function<RoundResult, @Nullable Double> ofRound,
      boolean logarithmic) {
    this.value = value;
    this.ofRound = ofRound;
    this.logarithmic = logarithmic;
  }

  /** Isolation: factors, so a logarithmic axis. */
  static String isolation(Results results) {
    return new RangeFigure(Run::isolation, RoundResult::isolation, true).render(results);
  }

  /** Harvest: a share, so an axis from 0. */
  static String harvest(Results results) {
    return new RangeFigure(Run::harvest, RoundResult::harvest, false).render(results);
  }

  private String render(Results results) {
    Scale scale = scale(results);
    String rows = ModeRows.render(results, run -> row(run, scale));
    if (rows.isEmpty()) {
      return "<p class=\"none\">Needs a run of both sides together and one of each side"
          + " alone.</p>\n";
    }
    return "<div class=\"ranges\" style=\"--one:%s\">\n%s%s</div>\n"
        .formatted(scale.place(1), rows, axis(scale));
  }

  private Scale scale(Results results) {
    DoubleStream values =
        results.runs().stream()
            .flatMapToDouble(
                run -> {
                  Double figure = value.apply(run);
                  double own = figure == null ? 1 : figure;
                  double low = Spread.of(run, ofRound).map(Spread::min).orElse(own);
                  double high = Spread.of(run, ofRound).map(Spread::max).orElse(own);
                  return DoubleStream.of(own, low, high);
                });
    var range = values.summaryStatistics();
    return logarithmic
        ? new Scale(
            Math.clamp(range.getMin() * 0.9, 0.01, 0.8), Math.max(range.getMax(), 2) * 1.1, true)
        : new Scale(0, Math.max(range.getMax() * 1.05, 1.2), false);
  }

  private Optional<ModeRows.Row> row(Run run, Scale scale) {
    Double figure = value.apply(run);
    if (figure == null) {
      return Optional.empty();
    }
    Optional<Spread> spread = Spread.of(run, ofRound);
    String range = spread.map(rounds -> range(rounds, scale)).orElse("");
    String dot = "<i class=\"dot\" style=\"left:%s\"></i>".formatted(scale.place(figure));
    return Optional.of(
        new ModeRows.Row(
            range + dot, Numbers.twoDecimals(figure), spread.map(RangeFigure::words).orElse("")));
  }

  private static String range(Spread rounds, Scale scale) {
    return "<i class=\"range\" style=\"left:%s;right:calc(100%% - %s)\"></i>"
        .formatted(scale.place(rounds.min()), scale.place(rounds.max()));
  }

  private static String words(Spread rounds) {
    return "%s (%s\u2013%s)"
        .formatted(
            Numbers.twoDecimals(rounds.median()),
            Numbers.twoDecimals(rounds.min()),
            Numbers.twoDecimals(rounds.max()));
  }

  private String axis(Scale scale) {
    double[] ticks =
        logarithmic
            ? new double[] {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000}
            : new double[] {0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3};
    var out = new StringBuilder("<div class=\"row axis\"><span></span><span class=\"track\">");
    for (double tick : ticks) {
      if (tick >= scale.from() && tick <= scale.to()) {
        out.append(
            "<i class=\"tick\" style=\"left:%s\">%s</i>"
                .formatted(scale.place(tick), Numbers.plain(tick)));
      }
    }
    return out.append("</span><span></span></div>\n").toString();
  }
}
