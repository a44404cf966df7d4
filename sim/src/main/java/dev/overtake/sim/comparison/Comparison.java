package dev.overtake.sim.comparison;

import dev.overtake.core.policy.Policies;
import dev.overtake.sim.engine.ClientResult;
import dev.overtake.sim.engine.MachineResult;
import dev.overtake.sim.engine.Observer;
import dev.overtake.sim.engine.Simulation;
import dev.overtake.sim.engine.SimulationResult;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario under several policies, with each kind of client alone for comparison.
 *
 * @param scenario what was simulated, whatever policy it names
 * @param alone each kind of client by itself, in the order of the scenario
 * @param outcomes of the policies, in the order in which they were asked for
 */
public record Comparison(Scenario scenario, List<Alone> alone, List<Outcome> outcomes) {
  /**
   * One client of a kind by itself on each machine of its kind, unscheduled, with the same
   * requests.
   *
   * @param machine the name of its kind of machine
   */
  public record Alone(String machine, ClientResult result) {}

  /**
   * What one policy did.
   *
   * @param failure what the policy got wrong, for people; null if nothing. Everything ran instead
   * @param timeline the first part of it
   */
  public record Outcome(SimulationResult result, @Nullable String failure, Timeline timeline) {}

  public Comparison {
    alone = List.copyOf(alone);
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Simulates all of it, in this thread.
   *
   * @param policies names, or {@link Scenario#NO_POLICY}
   * @throws IllegalArgumentException if one is not installed; the message says which are
   */
  public static Comparison run(Scenario scenario, List<String> policies, Policies installed) {
    List<Scenario> variants = policies.stream().map(scenario::withPolicy).toList();
    // All of them before anything is simulated, which may take long.
    variants.forEach(variant -> Simulation.policy(variant, installed));
    var outcomes = new ArrayList<Outcome>();
    for (Scenario variant : variants) {
      var recorder = new TimelineRecorder(variant);
      SimulationResult result =
          Simulation.run(variant, Simulation.policy(variant, installed), recorder);
      outcomes.add(new Outcome(result, recorder.failure(), recorder.timeline()));
    }
    return new Comparison(scenario, alone(scenario), outcomes);
  }

  /** How many events were simulated in all. */
  public long events() {
    return outcomes.stream().mapToLong(outcome -> outcome.result().events()).sum();
  }

  /** A kind of client by itself. */
  public ClientResult alone(String machine, String client) {
    return alone.stream()
        .filter(each -> each.machine().equals(machine) && each.result().name().equals(client))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no client is named " + client))
        .result();
  }

  private static List<Alone> alone(Scenario scenario) {
    var alone = new ArrayList<Alone>();
    for (int machine = 0; machine < scenario.machines().size(); machine++) {
      for (Client client : scenario.machines().get(machine).clients()) {
        Scenario only = only(scenario, machine, client);
        MachineResult result = Simulation.run(only, null, Observer.NONE).machines().get(machine);
        alone.add(new Alone(result.name(), result.client(client.name())));
      }
    }
    return alone;
  }

  /**
   * The same scenario where nobody else ever comes. The others are still in it, so that this one
   * draws the same random numbers.
   */
  private static Scenario only(Scenario scenario, int machineIndex, Client client) {
    var machines = new ArrayList<Machine>();
    for (int i = 0; i < scenario.machines().size(); i++) {
      Machine machine = scenario.machines().get(i);
      boolean here = i == machineIndex;
      List<Client> clients =
          machine.clients().stream()
              .map(
                  other ->
                      here && other.equals(client)
                          ? other.withCount(1)
                          : other.withCount(1).during(scenario.durationNanos(), Client.STAYS))
              .toList();
      machines.add(new Machine(machine.name(), machine.count(), machine.devices(), clients));
    }
    return scenario.withMachines(machines);
  }
}
