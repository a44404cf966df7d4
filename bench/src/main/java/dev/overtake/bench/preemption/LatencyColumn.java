package dev.overtake.bench.preemption;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Numbers;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * One column of the table of preemption latencies, as the terminal and the page both show it.
 *
 * @param cell the cell of a run
 */
record LatencyColumn(
    AlignedTable.Column heading,
    BiFunction<PreemptionResults.Latency, PreemptionResults, String> cell) {
  private static final String MICROS = "latency, us";
  private static final String PAPER = "paper, us";

  static final List<LatencyColumn> ALL =
      List.of(
          new LatencyColumn(
              new AlignedTable.Column("", "queue", false, 10), (run, _) -> run.label()),
          number("", "samples", 4, (run, _) -> Long.toString(run.samples())),
          micros("P50", 8, PreemptionResults.Latency::p50Micros),
          micros("P95", 3, PreemptionResults.Latency::p95Micros),
          micros("P99", 9, PreemptionResults.Latency::p99Micros),
          micros("max", 5, PreemptionResults.Latency::maxMicros),
          number("", "P99, commands", 8, (run, _) -> Numbers.twoDecimals(run.commands())),
          paper("P50", 6, PaperFigure::p50Micros),
          paper("P99", 7, PaperFigure::p99Micros));

  private static LatencyColumn number(
      String group,
      String name,
      int importance,
      BiFunction<PreemptionResults.Latency, PreemptionResults, String> cell) {
    return new LatencyColumn(new AlignedTable.Column(group, name, true, importance), cell);
  }

  private static LatencyColumn micros(
      String name, int importance, ToDoubleFunction<PreemptionResults.Latency> value) {
    return number(
        MICROS, name, importance, (run, _) -> Numbers.oneDecimal(value.applyAsDouble(run)));
  }

  private static LatencyColumn paper(
      String name, int importance, ToDoubleFunction<PaperFigure> value) {
    return number(
        PAPER,
        name,
        importance,
        (run, results) ->
            results.paper().stream()
                .filter(figure -> figure.isOf(run))
                .map(figure -> Numbers.oneDecimal(value.applyAsDouble(figure)))
                .findFirst()
                .orElse(Numbers.ABSENT));
  }
}
