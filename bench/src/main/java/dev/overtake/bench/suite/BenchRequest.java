package dev.overtake.bench.suite;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked the bench for. Null stands for what the profile says, or calibration finds.
 *
 * @param topologies ignored by a suite with one side
 * @param threads of the host device
 * @param rounds how often every mode is measured, at least 1
 * @param secondsPerMode for how long in all rounds together, above 0
 * @param high what is asked of the latency-critical side
 * @param ratePerSecond of its requests, above 0
 * @param low what is asked of the batch side
 * @param passesInFlight how far ahead a batch client submits, at least 1
 * @param seed of weights, inputs and arrivals
 * @param traced whether to take the time of each command where nothing is scheduled
 */
public record BenchRequest(
    Suite suite,
    Profile profile,
    Set<Topology> topologies,
    List<Mode> modes,
    int threads,
    int rounds,
    double secondsPerMode,
    Side high,
    @Nullable Double ratePerSecond,
    Arrivals arrivals,
    Side low,
    @Nullable Integer passesInFlight,
    long seed,
    boolean traced) {
  /**
   * What is asked of one side.
   *
   * @param model a model of the user's in place of the suite's
   * @param shape of that model's input
   * @param batch images in a pass, at least 1
   */
  public record Side(@Nullable Path model, @Nullable Shape shape, @Nullable Integer batch) {}
}
