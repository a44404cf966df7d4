package dev.overtake.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.ActiveWindowFirst;
import dev.overtake.core.policy.Automatic;
import dev.overtake.core.policy.CpuHighestPriorityFirst;
import dev.overtake.core.policy.HeterogeneousHighestPriorityFirst;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.KEarliestDeadlinesFirst;
import dev.overtake.core.policy.LatencyObjective;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import dev.overtake.core.policy.LaxityFirst;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.engine.MachineResult;
import dev.overtake.sim.engine.Observer;
import dev.overtake.sim.engine.QueueIdentity;
import dev.overtake.sim.engine.Simulation;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What the policies that order queues promise, by what the device really runs. */
class PrioritiesOverTimeTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final int CLIENTS = 6;

  /** For which work that gets critical can wait: until then others may begin. */
  private static final long LAXITY = 100_000;

  /** Each makes the clients whose number is higher more urgent. */
  private static final List<Policy> BY_RANK =
      List.of(
          new HighestPriorityFirst(),
          new HeterogeneousHighestPriorityFirst(),
          new CpuHighestPriorityFirst(),
          new LaxityFirst());

  private static final List<Policy> CONSERVING =
      List.of(
          new HighestPriorityFirst(),
          new CpuHighestPriorityFirst(),
          new LaxityFirst(),
          new KEarliestDeadlinesFirst(1),
          new LatencyObjective(),
          new Automatic());

  /** Looks at each command that is launched or begins: what is ready for longer than the grace. */
  private static final class Order implements Observer {
    private final Map<String, Long> readySince = new HashMap<>();
    private final List<String> launches = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final long graceNanos;

    Order(long graceNanos) {
      this.graceNanos = graceNanos;
    }

    @Override
    public void ready(QueueIdentity queue, long nowNanos) {
      readySince.put(queue.client(), nowNanos);
    }

    @Override
    public void idle(QueueIdentity queue, long nowNanos) {
      readySince.remove(queue.client());
    }

    @Override
    public void commandLaunched(QueueIdentity queue, long nowNanos) {
      look(queue, nowNanos, launches);
    }

    @Override
    public void commandStarted(QueueIdentity queue, int engine, long handOverNanos, long nowNanos) {
      look(queue, nowNanos, violations);
    }

    private void look(QueueIdentity queue, long nowNanos, List<String> found) {
      readySince.forEach(
          (other, since) -> {
            if (other.compareTo(queue.client()) > 0 && nowNanos - since > graceNanos) {
              found.add("%s at %d, %s was ready".formatted(queue, nowNanos, other));
            }
          });
    }
  }

  private static Client client(int number, Random random) {
    Load load =
        random.nextInt(3) == 0
            ? new Load.ClosedLoop(new Distribution.Exponential(random.nextInt(5, 50) * MILLI))
            : new Load.OpenLoop(Load.Arrivals.POISSON, random.nextInt(2, 30));
    var work = Work.commands(random.nextInt(1, 20), new Distribution.Exponential(0.5 * MILLI));
    return Client.of("rank " + number, "gpu", load, work)
        .withProcess(100 + number, 10 - number)
        .withHints(Hints.priority(number));
  }

  private static MachineResult simulate(
      Policy policy, PreemptionLevel level, List<Client> clients, Observer observer) {
    var device = Device.ideal("gpu", level, new Sharing.CommandTurns());
    var scenario =
        new Scenario(
            "order", 3, 2 * SECOND, 0, policy.name(), 0, List.of(Machine.of(device, clients)));
    return Simulation.run(scenario, policy, observer).machines().getFirst();
  }

  @Property(tries = 40)
  void nothingBeginsWhileSomethingMoreUrgentIsReady(@ForAll long seed) {
    List<Client> clients = clients(new Random(seed));
    for (Policy policy : BY_RANK) {
      for (PreemptionLevel level : List.of(PreemptionLevel.L2, PreemptionLevel.L3)) {
        var order = new Order(-1);
        simulate(policy, level, clients, order);
        assertThat(order.violations).as("%s at %s", policy.name(), level).isEmpty();
      }
    }
  }

  /** Where commands cannot be taken back, those in flight begin; no others are launched. */
  @Property(tries = 20)
  void nothingIsLaunchedWhileSomethingMoreUrgentIsReady(@ForAll long seed) {
    List<Client> clients = clients(new Random(seed));
    for (Policy policy : BY_RANK) {
      var order = new Order(-1);
      simulate(policy, PreemptionLevel.L1, clients, order);
      assertThat(order.launches).as(policy.name()).isEmpty();
    }
  }

  private static List<Client> clients(Random random) {
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client(i, random));
    }
    return clients;
  }

  @Property(tries = 20)
  void theActiveWindowGoesFirst(@ForAll long seed) {
    var random = new Random(seed);
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      boolean active = i == CLIENTS - 1;
      clients.add(client(i, random).withHints(Hints.NONE.withWindowActive(active)));
    }
    var order = new Order(-1);
    simulate(new ActiveWindowFirst(), PreemptionLevel.L2, clients, order);
    assertThat(order.violations).noneMatch(each -> each.endsWith("rank 5 was ready"));
  }

  /** Whoever is critical has what was most urgent before, and the others less. */
  @Property(tries = 20)
  void criticalWorkNeverWaitsForWorkThatCanWait(@ForAll long seed) {
    var random = new Random(seed);
    var critical = client(1, random).withHints(Hints.NONE.withLaxity(new Laxity(LAXITY, -5, 0)));
    var lax = client(0, random).withHints(Hints.NONE.withLaxity(new Laxity(100 * SECOND, 9, 9)));
    var order = new Order(LAXITY);
    simulate(new LaxityFirst(), PreemptionLevel.L3, List.of(lax, critical), order);
    assertThat(order.violations).isEmpty();
  }

  /** Task sets of at most the whole device: Liu and Layland (1973), theorem 7. */
  @Property(tries = 60)
  void earliestDeadlineFirstMeetsEveryDeadlineThatCanBeMet(
      @ForAll @IntRange(min = 2, max = 6) int tasks, @ForAll long seed) {
    var random = new Random(seed);
    var periods = new long[tasks];
    var weights = new double[tasks];
    double sum = 0;
    for (int i = 0; i < tasks; i++) {
      periods[i] = random.nextInt(2, 60) * MILLI;
      weights[i] = random.nextDouble(0.1, 1);
      sum += weights[i];
    }
    var clients = new ArrayList<Client>();
    for (int i = 0; i < tasks; i++) {
      double busyNanos = Math.floor(0.99 * weights[i] / sum * periods[i]);
      clients.add(
          Client.of(
                  "task " + i,
                  "gpu",
                  new Load.OpenLoop(Load.Arrivals.PERIODIC, (double) SECOND / periods[i]),
                  Work.oneCommand(new Distribution.Constant(busyNanos)))
              .withHints(Hints.NONE.withDeadlineNanos(periods[i])));
    }
    MachineResult result =
        simulate(new KEarliestDeadlinesFirst(1), PreemptionLevel.L3, clients, Observer.NONE);
    for (int i = 0; i < tasks; i++) {
      // The histogram keeps three digits.
      assertThat((double) result.client("task " + i).latencyHistogram().getMaxValue())
          .as("task %d of period %d", i, periods[i])
          .isLessThanOrEqualTo(1.002 * periods[i]);
    }
  }

  @Property(tries = 10)
  void theDeviceIsNeverIdleWhileThereIsWork(@ForAll long seed) {
    var random = new Random(seed);
    var clients = new ArrayList<Client>();
    for (int i = 1; i < CLIENTS; i++) {
      Hints hints = Hints.priority(i).withDeadlineNanos(i * MILLI);
      boolean urgent = i == CLIENTS - 1;
      clients.add(
          client(i, random)
              .withHints(
                  urgent ? hints.withLatencyTarget(new LatencyTarget(5 * MILLI, 99)) : hints));
    }
    clients.add(
        Client.of(
            "rank 0",
            "gpu",
            Load.ClosedLoop.withoutPause(),
            Work.commands(50, new Distribution.Constant(0.2 * MILLI))));
    for (Policy policy : CONSERVING) {
      MachineResult result = simulate(policy, PreemptionLevel.L2, clients, Observer.NONE);
      assertThat(result.device("gpu").utilization()).as(policy.name()).isGreaterThan(0.999);
    }
  }
}
