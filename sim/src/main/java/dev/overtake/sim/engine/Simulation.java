package dev.overtake.sim.engine;

import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.Policy;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Simulates scenarios. Each call is on its own and runs in the caller's thread; any number of
 * threads may call at once.
 */
public final class Simulation {
  private Simulation() {}

  /**
   * Simulates under the policy that the scenario names.
   *
   * @throws IllegalArgumentException if there is no such policy; the message says which there are
   * @throws IllegalStateException if the policy fails
   */
  public static SimulationResult run(Scenario scenario, Policies policies) {
    return run(scenario, policy(scenario, policies), Observer.NONE);
  }

  /**
   * Simulates under this policy, whatever the scenario names, or without one.
   *
   * @param policy null: {@linkplain Scenario#NO_POLICY nothing is scheduled}
   * @param observer is told of all that happens, in this thread
   * @throws IllegalStateException if the policy fails and the observer does not {@linkplain
   *     Observer#policyFailed put up with it}
   */
  public static SimulationResult run(
      Scenario scenario, @Nullable Policy policy, Observer observer) {
    var random = new SplittableRandom(scenario.seed());
    var results = new ArrayList<MachineResult>();
    for (Machine machine : scenario.machines()) {
      var statistics = new MachineStatistics(machine, scenario);
      for (int i = 0; i < machine.count(); i++) {
        new MachineRun(machine, i, scenario, policy, random.split(), statistics, observer).run();
      }
      results.add(statistics.result());
    }
    return new SimulationResult(
        scenario.name(),
        policy == null ? Scenario.NO_POLICY : policy.name(),
        scenario.measuredNanos(),
        results);
  }

  /**
   * The policy that the scenario names, or null for {@link Scenario#NO_POLICY}.
   *
   * @throws IllegalArgumentException if there is no such policy; the message says which there are
   */
  public static @Nullable Policy policy(Scenario scenario, Policies policies) {
    if (scenario.policy().equals(Scenario.NO_POLICY)) {
      return null;
    }
    return policies
        .find(scenario.policy())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no policy %s: give %s or one of %s"
                        .formatted(scenario.policy(), Scenario.NO_POLICY, policies.names())));
  }
}
