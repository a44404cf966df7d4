package dev.overtake.bench.report;

import dev.overtake.bench.page.AlignedTable;
import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.BaselineChange;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.LowResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.ScheduledQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One column of the table of runs, as the terminal and the page both show it.
 *
 * @param group heading that neighbouring columns share; empty for none
 * @param name heading of the column
 * @param numeric whether its cells line up on the right
 * @param importance columns of the lowest go first where there is not room for all
 * @param cell the cell of a run
 */
record RunColumn(
    String group,
    String name,
    boolean numeric,
    int importance,
    BiFunction<Run, Results, String> cell) {

  private static final String LATENCY = "high latency, ms";
  private static final String RATES = "rates per second";
  private static final String RATIOS = "against alone";
  private static final String CHANGES = "against baseline";

  /** All columns, in order. */
  static final List<RunColumn> ALL =
      List.of(
          text("topology", 9, run -> run.topology().label()),
          text("mode", 10, Run::mode),
          text("config", 4, RunColumn::config),
          text("level", 3, RunColumn::level),
          high(LATENCY, "P50", 7, HighResult::p50Ms),
          high(LATENCY, "P95", 2, HighResult::p95Ms),
          high(LATENCY, "P99", 10, HighResult::p99Ms),
          high(LATENCY, "max", 4, HighResult::maxMs),
          high(RATES, "high req", 6, HighResult::throughputPerSecond),
          low("low iter", 8, LowResult::iterationsPerSecond),
          low("low items", 3, LowResult::imagesPerSecond),
          number(RATIOS, "isolation", 9, run -> ratio(run.isolation())),
          number(RATIOS, "P50", 4, run -> ratio(run.p50Ratio())),
          number(RATIOS, "harvest", 9, run -> ratio(run.harvest())),
          number(RATIOS, "low iter", 1, run -> ratio(run.lowRatio())),
          change("P50", 5, BaselineChange::p50),
          change("P99", 6, BaselineChange::p99),
          change("low iter", 5, BaselineChange::lowRate));

  /** The column without its cells. */
  AlignedTable.Column heading() {
    return new AlignedTable.Column(group, name, numeric, importance);
  }

  private static RunColumn text(String name, int importance, Function<Run, String> cell) {
    return new RunColumn("", name, false, importance, (run, results) -> cell.apply(run));
  }

  private static RunColumn number(
      String group, String name, int importance, Function<Run, String> cell) {
    return new RunColumn(group, name, true, importance, (run, results) -> cell.apply(run));
  }

  private static RunColumn high(
      String group, String name, int importance, ToDoubleFunction<HighResult> value) {
    return number(
        group,
        name,
        importance,
        run -> {
          HighResult high = run.high();
          return high == null ? Numbers.ABSENT : Numbers.twoDecimals(value.applyAsDouble(high));
        });
  }

  private static RunColumn low(String name, int importance, ToDoubleFunction<LowResult> value) {
    return number(
        RATES,
        name,
        importance,
        run -> {
          LowResult low = run.low();
          return low == null ? Numbers.ABSENT : Numbers.twoDecimals(value.applyAsDouble(low));
        });
  }

  private static RunColumn change(
      String name, int importance, Function<BaselineChange, @Nullable Double> value) {
    return new RunColumn(
        CHANGES,
        name,
        true,
        importance,
        (run, results) ->
            BaselineChange.of(run, results)
                .map(change -> Numbers.change(value.apply(change)))
                .orElse(Numbers.ABSENT));
  }

  /** What is in effect, if anybody could tell; otherwise what was asked for. */
  private static String config(Run run) {
    ScheduledQueue queue = run.lowQueue();
    return queue == null
        ? config(run.inFlightMicros(), run.launchConfig())
        : config(queue.inFlightMicros(), queue.launchConfig());
  }

  private static String config(@Nullable Integer micros, @Nullable LaunchConfig config) {
    return micros != null ? micros + "us" : orAbsent(config);
  }

  private static String level(Run run) {
    ScheduledQueue queue = run.lowQueue();
    return orAbsent(queue == null || queue.level() == null ? run.level() : queue.level());
  }

  private static String ratio(@Nullable Double ratio) {
    return ratio == null ? Numbers.ABSENT : Numbers.twoDecimals(ratio);
  }

  private static String orAbsent(@Nullable Object value) {
    return value == null ? Numbers.ABSENT : value.toString();
  }
}
