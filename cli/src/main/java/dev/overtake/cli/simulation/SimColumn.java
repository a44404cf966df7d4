package dev.overtake.cli.simulation;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Numbers;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One column of the table of runs, as the terminal and the page both show it.
 *
 * @param cell the cell of a run
 */
record SimColumn(AlignedTable.Column heading, Function<SimRun, String> cell) {
  private static final String LATENCY = "latency, ms";
  private static final String RATES = "a second";
  private static final String RATIOS = "against alone";

  private static final String MACHINE = "machine";
  private static final List<SimColumn> ALL =
      List.of(
          text("policy", 10, SimRun::policy),
          text(MACHINE, 9, SimRun::machine),
          text("client", 10, SimColumn::client),
          text("device", 1, SimRun::device),
          number("", "requests", 5, run -> Long.toString(run.requests())),
          latency("P50", 7, SimRun.Latency::p50Ms),
          latency("P95", 2, SimRun.Latency::p95Ms),
          latency("P99", 9, SimRun.Latency::p99Ms),
          latency("mean", 3, SimRun.Latency::meanMs),
          number(RATES, "requests", 6, run -> Numbers.twoDecimals(run.requestsPerSecond())),
          number(RATES, "iterations", 4, run -> Numbers.twoDecimals(run.iterationsPerSecond())),
          number("", "share", 8, run -> Numbers.oneDecimal(100 * run.deviceShare()) + " %"),
          number(RATIOS, "isolation", 9, run -> ratio(run.isolation())),
          number(RATIOS, "rate", 5, run -> ratio(run.rateRatio())));

  /** The columns, in order; the kind of machine only where there are several. */
  static List<SimColumn> of(SimResults results) {
    boolean several = results.runs().stream().map(SimRun::machine).distinct().count() > 1;
    return ALL.stream()
        .filter(column -> several || !column.heading().name().equals(MACHINE))
        .toList();
  }

  private static SimColumn text(String name, int importance, Function<SimRun, String> cell) {
    return new SimColumn(new AlignedTable.Column("", name, false, importance), cell);
  }

  private static SimColumn number(
      String group, String name, int importance, Function<SimRun, String> cell) {
    return new SimColumn(new AlignedTable.Column(group, name, true, importance), cell);
  }

  private static SimColumn latency(
      String name, int importance, ToDoubleFunction<SimRun.Latency> value) {
    return number(
        LATENCY,
        name,
        importance,
        run -> {
          SimRun.Latency latency = run.latency();
          return latency == null
              ? Numbers.ABSENT
              : Numbers.twoDecimals(value.applyAsDouble(latency));
        });
  }

  private static String client(SimRun run) {
    return run.clients() == 1 ? run.client() : "%s x%d".formatted(run.client(), run.clients());
  }

  private static String ratio(@Nullable Double ratio) {
    return ratio == null ? Numbers.ABSENT : Numbers.twoDecimals(ratio);
  }
}
