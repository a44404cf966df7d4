package dev.overtake.sim.engine;

import java.util.List;

/**
 * What a simulation found.
 *
 * @param scenario its name
 * @param policy that decided, or {@link dev.overtake.sim.model.Scenario#NO_POLICY}
 * @param measuredNanos what the figures are over: the time after the warm-up
 * @param machines in the order of the scenario
 */
public record SimulationResult(
    String scenario, String policy, long measuredNanos, List<MachineResult> machines) {
  public SimulationResult {
    machines = List.copyOf(machines);
  }

  /** How many events were simulated, warm-up included. */
  public long events() {
    return machines.stream().mapToLong(MachineResult::events).sum();
  }

  /** How often policies were asked, warm-up included. */
  public long decisions() {
    return machines.stream().mapToLong(MachineResult::decisions).sum();
  }
}
