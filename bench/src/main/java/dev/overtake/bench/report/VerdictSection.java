package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.LowResult;
import dev.overtake.bench.result.Run;
import org.jspecify.annotations.Nullable;

/** The top of the page: the verdict in words, and the four figures that it rests on. */
final class VerdictSection {
  private VerdictSection() {}

  static String render(Verdict verdict) {
    Finding leading = verdict.leading();
    return """
    <section class="verdict %s">
    <p class="tone">%s</p>
    <h1>%s</h1>
    %s
    %s
    </section>
    """
        .formatted(
            cssClass(verdict.tone()),
            word(verdict.tone()),
            Html.escape(verdict.headline()),
            leading == null ? "" : tiles(leading),
            Html.list(verdict.details()));
  }

  private static String cssClass(Verdict.Tone tone) {
    return switch (tone) {
      case GOOD -> "good";
      case MIXED -> "mixed";
      case BAD -> "bad";
      case OPEN -> "open";
    };
  }

  /** The tone is never told by colour alone. */
  private static String word(Verdict.Tone tone) {
    return switch (tone) {
      case GOOD -> "Sharing works";
      case MIXED -> "Better, at a price";
      case BAD -> "No gain";
      case OPEN -> "No comparison";
    };
  }

  private static String tiles(Finding finding) {
    Run best = finding.best();
    LowResult low = best.low();
    return "<dl class=\"tiles\">\n"
        + tile("Best mode", best.mode(), RunLabel.topology(best.topology()))
        + tile(
            "High P99",
            Numbers.ms(finding.bestHigh().p99Ms()),
            "baseline " + Numbers.ms(finding.baselineHigh().p99Ms()))
        + ratio("Isolation", best.isolation(), "1 is as good as alone")
        + ratio("Harvest", best.harvest(), "1 is all that was left")
        + (low == null
            ? ""
            : tile(
                "Low rate",
                Numbers.twoDecimals(low.iterationsPerSecond()) + " iter/s",
                Numbers.change(finding.change().lowRate()) + " against baseline"))
        + "</dl>";
  }

  private static String ratio(String name, @Nullable Double ratio, String note) {
    return ratio == null ? "" : tile(name, Numbers.twoDecimals(ratio), note);
  }

  private static String tile(String name, String figure, String note) {
    return "<div><dt>%s</dt><dd>%s<small>%s</small></dd></div>\n"
        .formatted(Html.escape(name), Html.escape(figure), Html.figure(note));
  }
}
