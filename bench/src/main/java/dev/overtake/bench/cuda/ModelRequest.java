package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What somebody asked for of test5 with compiled models on a GPU.
 *
 * @param profile where the figures come from
 * @param device such as {@code cuda:0}
 * @param rounds how often every mode is measured, at least 1
 * @param secondsPerMode for how long in all rounds together, above 0
 * @param high folder of the latency-critical side's model, as examples/models/export.py makes one
 * @param ratePerSecond of its requests, above 0
 * @param low folder of the batch side's model
 * @param passesInFlight how far ahead the batch client submits, at least 1
 * @param seed of the arrivals
 * @param traced whether to take the time of each command where nothing is scheduled
 */
public record ModelRequest(
    String profile,
    String device,
    Set<Topology> topologies,
    List<Mode> modes,
    int rounds,
    double secondsPerMode,
    Path high,
    double ratePerSecond,
    Arrivals arrivals,
    Path low,
    int passesInFlight,
    long seed,
    boolean traced) {}
