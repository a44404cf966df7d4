package dev.overtake.cli.simulation;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.LatencyPoint;
import dev.overtake.sim.comparison.Comparison;
import dev.overtake.sim.engine.ClientResult;
import dev.overtake.sim.engine.DeviceResult;
import dev.overtake.sim.engine.MachineResult;
import dev.overtake.sim.engine.SimulationResult;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Turns what was simulated into what is shown. */
public final class Evaluation {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MS = 1e6;

  /** Below this share of the requests, latency is the length of the simulation's backlog. */
  private static final double KEEPS_UP = 0.95;

  private final Comparison comparison;
  private final Scenario scenario;

  private Evaluation(Comparison comparison) {
    this.comparison = comparison;
    scenario = comparison.scenario();
  }

  /**
   * The results.
   *
   * @param about the scenario's own words
   * @param toolVersion for the record
   * @param commandLine as typed, for the record
   */
  public static SimResults of(
      Comparison comparison, String about, String toolVersion, List<String> commandLine) {
    return new Evaluation(comparison).results(about, toolVersion, commandLine);
  }

  private SimResults results(String about, String toolVersion, List<String> commandLine) {
    var runs = new ArrayList<SimRun>();
    for (Comparison.Alone alone : comparison.alone()) {
      runs.add(run(SimRun.ALONE, machine(alone.machine()), alone.result()));
    }
    var policies = new ArrayList<SimResults.PolicyRun>();
    var devices = new ArrayList<SimResults.DeviceUse>();
    for (Comparison.Outcome outcome : comparison.outcomes()) {
      SimulationResult result = outcome.result();
      for (MachineResult machine : result.machines()) {
        for (ClientResult client : machine.clients()) {
          runs.add(run(result.policy(), machine(machine.name()), client));
        }
        machine.devices().forEach(device -> devices.add(use(result, machine, device)));
      }
      policies.add(
          new SimResults.PolicyRun(
              result.policy(), result.events(), result.decisions(), warnings(outcome)));
    }
    return new SimResults(
        SimResults.SCHEMA_VERSION,
        toolVersion,
        commandLine,
        new SimResults.Simulated(
            scenario.name(),
            about,
            scenario.seed(),
            scenario.durationNanos() / NANOS_PER_SECOND,
            scenario.warmUpNanos() / NANOS_PER_SECOND),
        policies,
        devices,
        runs);
  }

  private SimRun run(String policy, Machine machine, ClientResult result) {
    Client client = client(machine, result.name());
    boolean isAlone = policy.equals(SimRun.ALONE);
    ClientResult alone = comparison.alone(machine.name(), result.name());
    Histogram latency = result.latencyHistogram();
    double seconds = scenario.measuredNanos() / NANOS_PER_SECOND;
    return new SimRun(
        policy,
        machine.name(),
        result.name(),
        isAlone ? machine.count() : machine.count() * client.count(),
        client.device(),
        result.requests(),
        result.finished(),
        latency(latency),
        result.finished() / seconds,
        result.iterations() / seconds,
        result.serviceNanos() / capacityNanos(machine, client),
        isAlone ? null : ratio(p99(latency), p99(alone.latencyHistogram())),
        isAlone
            ? null
            : ratio((double) result.iterations() / client.count(), (double) alone.iterations()),
        LatencyPoint.distributionOf(latency));
  }

  private double capacityNanos(Machine machine, Client client) {
    Device device =
        machine.devices().stream()
            .filter(each -> each.name().equals(client.device()))
            .findFirst()
            .orElseThrow();
    return (double) scenario.measuredNanos() * device.engines() * machine.count();
  }

  private static SimResults.DeviceUse use(
      SimulationResult result, MachineResult machine, DeviceResult device) {
    return new SimResults.DeviceUse(
        result.policy(),
        machine.name(),
        device.name(),
        device.devices(),
        device.utilization(),
        device.handOvers(),
        device.interruptions());
  }

  private List<String> warnings(Comparison.Outcome outcome) {
    var warnings = new ArrayList<String>();
    String failure = outcome.failure();
    if (failure != null) {
      warnings.add("the policy " + failure);
    }
    for (MachineResult machine : outcome.result().machines()) {
      for (ClientResult client : machine.clients()) {
        if (client(machine(machine.name()), client.name()).load() instanceof Load.ClosedLoop) {
          continue; // A loop of few long requests is nothing to warn of.
        }
        if (client.requests() < HighResult.SAMPLES_FOR_P99) {
          warnings.add(
              "%s: P99 rests on only %d requests; %d or more make it meaningful"
                  .formatted(client.name(), client.requests(), HighResult.SAMPLES_FOR_P99));
        }
        if (client.finished() < KEEPS_UP * client.requests()) {
          warnings.add(
              "%s: only %d of %d requests were finished: latency grows with the simulated time"
                  .formatted(client.name(), client.finished(), client.requests()));
        }
      }
    }
    return warnings;
  }

  private Machine machine(String name) {
    return scenario.machines().stream()
        .filter(machine -> machine.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Client client(Machine machine, String name) {
    return machine.clients().stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static SimRun.@Nullable Latency latency(Histogram nanos) {
    return nanos.getTotalCount() == 0
        ? null
        : new SimRun.Latency(
            nanos.getValueAtPercentile(50) / NANOS_PER_MS,
            nanos.getValueAtPercentile(95) / NANOS_PER_MS,
            nanos.getValueAtPercentile(99) / NANOS_PER_MS,
            nanos.getMaxValue() / NANOS_PER_MS,
            nanos.getMean() / NANOS_PER_MS);
  }

  private static double p99(Histogram nanos) {
    return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(99);
  }

  private static @Nullable Double ratio(double value, double alone) {
    return value > 0 && alone > 0 ? value / alone : null;
  }
}
