package dev.overtake.bench.result;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a run differs from the baseline of its topology, each as a share of the baseline: -0.297 is
 * 29.7 % less. Null where one of the two has no such value.
 *
 * @param p50 of the high side's median latency
 * @param p99 of its 99th percentile
 * @param lowRate of the low side's iterations a second
 */
public record BaselineChange(@Nullable Double p50, @Nullable Double p99, @Nullable Double lowRate) {

  /**
   * Compares a run with the baseline of its suite, device and topology.
   *
   * @return empty if the run is itself a baseline, or there is none to compare it with
   */
  public static Optional<BaselineChange> of(Run run, Results results) {
    return baselineOf(run, results)
        .filter(baseline -> !baseline.equals(run))
        .map(
            baseline ->
                new BaselineChange(
                    change(p50(run), p50(baseline)),
                    change(p99(run), p99(baseline)),
                    change(lowRate(run), lowRate(baseline))));
  }

  /** The baseline of the run's suite, device and topology; the run itself if it is one. */
  public static Optional<Run> baselineOf(Run run, Results results) {
    return results.runs().stream()
        .filter(other -> other.mode().equals(Run.BASELINE))
        .filter(other -> other.suite().equals(run.suite()) && other.device().equals(run.device()))
        .filter(other -> other.topology() == run.topology())
        .findFirst();
  }

  private static @Nullable Double p50(Run run) {
    return run.high() == null ? null : run.high().p50Ms();
  }

  private static @Nullable Double p99(Run run) {
    return run.high() == null ? null : run.high().p99Ms();
  }

  private static @Nullable Double lowRate(Run run) {
    return run.low() == null ? null : run.low().iterationsPerSecond();
  }

  private static @Nullable Double change(@Nullable Double value, @Nullable Double base) {
    return value == null || base == null ? null : Ratios.change(value, base);
  }
}
