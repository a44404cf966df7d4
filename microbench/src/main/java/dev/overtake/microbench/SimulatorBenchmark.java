package dev.overtake.microbench;

import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.Policy;
import dev.overtake.sim.engine.Observer;
import dev.overtake.sim.engine.Simulation;
import dev.overtake.sim.engine.SimulationResult;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.scenario.ShippedScenarios;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many events a second the simulator simulates in one thread, in scenarios that come with it:
 * the secondary result {@code events}. In those of 16 and of 1,000 queues, decisions take most of
 * the time: each is over all of them.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class SimulatorBenchmark {
  /** Some ten thousands of events. */
  private static final long VIRTUAL_NANOS = 10_000_000_000L;

  /** A shipped scenario under its own policy, shortened. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH injects the parameter and calls the set-up.
  public static class Shipped {
    @Param({"fig9-priority", "fig9-share", "fig10-two-xpus", "test5", "test2", "thousand-queues"})
    String scenario;

    private Scenario shortened;
    private @Nullable Policy policy;

    @Setup(Level.Trial)
    public void read() {
      Policies policies = Policies.installed(Shipped.class.getClassLoader());
      shortened =
          ShippedScenarios.read(scenario, policies).scenario().withDurationNanos(VIRTUAL_NANOS);
      policy = Simulation.policy(shortened, policies);
    }
  }

  /** Beside the simulations. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counted {
    public long events;
  }

  @Benchmark
  public SimulationResult simulate(Shipped shipped, Counted counted) {
    SimulationResult result = Simulation.run(shipped.shortened, shipped.policy, Observer.NONE);
    counted.events += result.events();
    return result;
  }
}
