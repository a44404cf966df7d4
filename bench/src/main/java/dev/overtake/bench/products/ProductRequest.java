package dev.overtake.bench.products;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Suite;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked for of a test of matrix products on an accelerator.
 *
 * @param suite one of those that multiply matrices
 * @param device such as {@code cuda:0}
 * @param topologies ignored by a suite with one client
 * @param rounds how often every mode is measured, at least 1
 * @param secondsPerMode for how long in all rounds together, above 0
 * @param edge of the high side's matrices; null for what calibration finds
 * @param ratePerSecond of its requests, above 0; null for what calibration finds
 * @param passesInFlight how far ahead a batch client submits, at least 1
 * @param seed of matrices and arrivals
 * @param traced whether to take the time of each command where nothing is scheduled
 */
public record ProductRequest(
    Suite suite,
    String device,
    Set<Topology> topologies,
    List<Mode> modes,
    int rounds,
    double secondsPerMode,
    @Nullable Integer edge,
    @Nullable Double ratePerSecond,
    Arrivals arrivals,
    int passesInFlight,
    long seed,
    boolean traced) {}
