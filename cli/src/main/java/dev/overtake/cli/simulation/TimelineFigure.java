package dev.overtake.cli.simulation;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.Numbers;
import dev.overtake.sim.comparison.Comparison;
import dev.overtake.sim.comparison.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which queue ran when, and when it was held: a lane a queue, the same time under every policy. SVG
 * within HTML, complete without scripts.
 */
final class TimelineFigure {
  private static final double NANOS_PER_MS = 1e6;

  private final long fromNanos;
  private final long untilNanos;

  private TimelineFigure(List<Timeline> timelines) {
    fromNanos = timelines.getFirst().fromNanos();
    untilNanos = timelines.stream().mapToLong(Timeline::untilNanos).min().orElseThrow();
  }

  static String render(Comparison comparison) {
    List<Timeline> timelines =
        comparison.outcomes().stream().map(Comparison.Outcome::timeline).toList();
    var figure = new TimelineFigure(timelines);
    var out = new StringBuilder();
    for (Comparison.Outcome outcome : comparison.outcomes()) {
      out.append("<h3>").append(Html.escape(outcome.result().policy())).append("</h3>\n");
      out.append("<div class=\"lanes\">\n");
      figure.append(out, outcome.timeline());
      out.append("</div>\n");
    }
    return out.toString();
  }

  private void append(StringBuilder out, Timeline timeline) {
    var kinds = new ArrayList<String>();
    for (Timeline.Lane lane : timeline.lanes()) {
      if (!kinds.contains(lane.client())) {
        kinds.add(lane.client());
      }
      String colour = "c" + (2 + kinds.indexOf(lane.client()) % 6);
      out.append(
          "<span class=\"label\">%s</span><svg class=\"%s\" role=\"img\" aria-label=\"%s\">"
              .formatted(label(lane), colour, words(lane)));
      lane.held().forEach(span -> appendSpan(out, "held", span));
      lane.ran().forEach(span -> appendSpan(out, "ran", span));
      out.append("</svg>\n");
    }
    out.append(
        "<span class=\"label\"></span><span class=\"ends\"><span>%s</span><span>%s</span></span>\n"
            .formatted(
                Numbers.ms(fromNanos / NANOS_PER_MS), Numbers.ms(untilNanos / NANOS_PER_MS)));
  }

  private static String label(Timeline.Lane lane) {
    return Html.escape(lane.number() == 0 ? lane.client() : lane.client() + " " + lane.number());
  }

  /** For who cannot see it. */
  private String words(Timeline.Lane lane) {
    return "ran %s, was held %s"
        .formatted(Numbers.ms(sum(lane.ran())), Numbers.ms(sum(lane.held())));
  }

  private double sum(List<Timeline.Span> spans) {
    return spans.stream().mapToLong(span -> Math.max(0, end(span) - span.fromNanos())).sum()
        / NANOS_PER_MS;
  }

  private long end(Timeline.Span span) {
    return Math.min(span.untilNanos(), untilNanos);
  }

  private void appendSpan(StringBuilder out, String cssClass, Timeline.Span span) {
    if (span.fromNanos() < untilNanos) {
      out.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.3f%%\" width=\"%.3f%%\"/>",
              cssClass,
              share(span.fromNanos() - fromNanos),
              share(end(span) - span.fromNanos())));
    }
  }

  private double share(long nanos) {
    return 100.0 * nanos / (untilNanos - fromNanos);
  }
}
