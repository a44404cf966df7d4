package dev.overtake.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.overtake.core.policy.CompletelyFair;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.MultiLevelFeedback;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.ProcessUtilizationPartition;
import dev.overtake.core.policy.StrictProcessUtilizationPartition;
import dev.overtake.core.policy.UtilizationPartition;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.engine.MachineResult;
import dev.overtake.sim.engine.Observer;
import dev.overtake.sim.engine.Simulation;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the policies that share by time promise, on a device whose commands cannot be stopped. The
 * service is what the device really did, not what a policy believes.
 */
class SharesOverTimeTest {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  /** 100 of the policies' own timeslices. */
  private static final long SPAN = 200 * MILLI;

  /** As long as it takes for 1,000 requests and more at most rates. */
  private static final long FEEDBACK_SPAN = 60 * SECOND;

  private static final double TWO_POINTS = 0.02;

  private static final List<Policy> PARTITIONS =
      List.of(
          new UtilizationPartition(),
          new ProcessUtilizationPartition(),
          new StrictProcessUtilizationPartition());

  private static final List<Policy> CONSERVING =
      List.of(
          new UtilizationPartition(),
          new ProcessUtilizationPartition(),
          new CompletelyFair(),
          new MultiLevelFeedback());

  /** Always busy, in commands of 50 us. */
  private static Client endless(String name, Hints hints) {
    return endless(name, 50 * MICRO, hints);
  }

  private static Client endless(String name, long commandNanos, Hints hints) {
    var nanos = new Distribution.Constant(commandNanos);
    return requests(name, 1_000_000, nanos, Load.ClosedLoop.withoutPause(), hints);
  }

  private static Client requests(String name, int commands, Load load, Hints hints) {
    return requests(name, commands, new Distribution.Constant(50 * MICRO), load, hints);
  }

  private static Client requests(
      String name, int commands, Distribution nanos, Load load, Hints hints) {
    return commandByCommand(name, load, Work.commands(commands, nanos), hints);
  }

  private static Client commandByCommand(String name, Load load, Work work, Hints hints) {
    return Client.of(name, "gpu", load, work).withInFlight(new InFlight.Time(0)).withHints(hints);
  }

  private static Hints share(int percent) {
    return Hints.NONE.withUtilizationPercent(percent);
  }

  private static MachineResult simulate(Policy policy, long nanos, List<Client> clients) {
    return simulate(7, policy, nanos, 0, clients);
  }

  private static MachineResult simulate(
      long seed, Policy policy, long nanos, long warmUpNanos, List<Client> clients) {
    var device = Device.ideal("gpu", PreemptionLevel.L1, new Sharing.Fifo());
    var machines = List.of(Machine.of(device, clients));
    var scenario = new Scenario("shares", seed, nanos, warmUpNanos, policy.name(), 0, machines);
    return Simulation.run(scenario, policy, Observer.NONE).machines().getFirst();
  }

  private static void assertShare(
      Policy policy, MachineResult result, String client, long nanos, double share) {
    assertThat(share(result, client, nanos)).as(policy.name()).isCloseTo(share, within(TWO_POINTS));
  }

  private static double share(MachineResult result, String client, long nanos) {
    return (double) result.client(client).serviceNanos() / nanos;
  }

  /** Commands of a quarter, most and more than a timeslice: what is in flight outlasts its turn. */
  @ParameterizedTest
  @ValueSource(longs = {50, 500, 1_900, 5_000})
  void partitionsKeepSharesOver100TimeslicesWhateverCommandsTake(long micros) {
    long span = SPAN * Math.max(1, micros / 2_000);
    var clients =
        List.of(
            endless("a", micros * MICRO, share(60)),
            endless("b", micros * MICRO / 4, share(25)),
            endless("c", micros * MICRO, Hints.NONE));
    for (Policy policy : PARTITIONS) {
      MachineResult result = simulate(policy, span, clients);

      assertShare(policy, result, "a", span, 0.6);
      assertShare(policy, result, "b", span, 0.25);
      assertShare(policy, result, "c", span, 0.15);
    }
  }

  @Test
  void partitionsKeepSharesWhileOthersComeAndGo() {
    var clients = new ArrayList<>(List.of(endless("a", share(50)), endless("b", share(30))));
    for (int i = 0; i < 20; i++) { // Two may overlap: the last request may have to wait.
      clients.add(
          requests("short " + i, 2, Load.ClosedLoop.withoutPause(), share(10))
              .during(10 * MILLI * i, 10 * MILLI * (i + 1) - MILLI));
    }
    for (Policy policy : PARTITIONS) {
      MachineResult result = simulate(policy, SPAN, clients);

      // The two stay in proportion; but under SPUP, what the others leave goes to them.
      double a = share(result, "a", SPAN);
      double b = share(result, "b", SPAN);
      assertThat(a).as(policy.name()).isGreaterThan(0.5 - TWO_POINTS);
      assertThat(b).as(policy.name()).isGreaterThan(0.3 - TWO_POINTS);
      assertThat(a / (a + b)).as(policy.name()).isCloseTo(0.5 / 0.8, within(TWO_POINTS));
    }
  }

  /** Two to four that stay, of 80 % together; others come and go; lengths of commands vary. */
  @Property(tries = 25)
  void partitionsKeepSharesWhoeverComesAndGoes(@ForAll long seed) {
    var random = new Random(seed);
    int staying = random.nextInt(2, 5);
    var percents = new int[staying];
    var clients = new ArrayList<Client>();
    for (int i = 0, left = 80; i < staying; i++) {
      int others = staying - 1 - i;
      percents[i] = others == 0 ? left : random.nextInt(10, left - 10 * others + 1);
      left -= percents[i];
      clients.add(
          requests(
              "stays " + i,
              1_000_000,
              new Distribution.LogNormal(random.nextLong(20, 1_000) * MICRO, 0.4),
              Load.ClosedLoop.withoutPause(),
              share(percents[i])));
    }
    for (int i = 0; i < 20; i++) {
      clients.add(
          requests(
                  "short " + i,
                  random.nextInt(1, 5),
                  new Distribution.Exponential(100 * MICRO),
                  new Load.ClosedLoop(new Distribution.Exponential(MILLI)),
                  share(10))
              .during(10 * MILLI * i, 10 * MILLI * (i + 1) - MILLI));
    }
    for (Policy policy : PARTITIONS) {
      MachineResult result = simulate(policy, SPAN, clients);

      double sum = 0;
      for (int i = 0; i < staying; i++) {
        sum += share(result, "stays " + i, SPAN);
      }
      for (int i = 0; i < staying; i++) {
        double share = share(result, "stays " + i, SPAN);
        assertThat(share).as(policy.name()).isGreaterThan(percents[i] / 100.0 - TWO_POINTS);
        assertThat(share / sum).as(policy.name()).isCloseTo(percents[i] / 80.0, within(TWO_POINTS));
      }
    }
  }

  /** Weights of at most 8 : 1, so that the smallest has turns enough in the time. */
  @Property(tries = 25)
  void fairSharesAreInProportionToWeightsWhateverTheCommands(@ForAll long seed) {
    var random = new Random(seed);
    int count = random.nextInt(2, 6);
    var weights = new double[count];
    var clients = new ArrayList<Client>();
    for (int i = 0; i < count; i++) {
      int priority = random.nextInt(0, 10);
      weights[i] = Math.pow(1.25, priority);
      clients.add(
          requests(
              "p" + i,
              1_000_000,
              new Distribution.LogNormal(random.nextLong(20, 2_000) * MICRO, 0.4),
              Load.ClosedLoop.withoutPause(),
              Hints.priority(priority)));
    }
    MachineResult result = simulate(new CompletelyFair(), 2 * SPAN, clients);
    double sum = Arrays.stream(weights).sum();
    for (int i = 0; i < count; i++) {
      assertThat(share(result, "p" + i, 2 * SPAN)).isCloseTo(weights[i] / sum, within(TWO_POINTS));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 50, 500, 1_900})
  void whoWakesUpOftenKeepsItsShare(long micros) {
    var pause = new Load.ClosedLoop(new Distribution.Constant(200 * MICRO));
    var command = new Distribution.Constant(micros * MICRO);
    var request = Work.commands((int) Math.max(1, 500 / micros), command);
    var clients =
        List.of(
            commandByCommand("a", pause, request, share(50)),
            endless("b", micros * MICRO, share(50)));
    for (Policy policy : PARTITIONS) {
      MachineResult result = simulate(policy, SPAN, clients);

      assertThat(share(result, "a", SPAN)).as(policy.name()).isCloseTo(0.5, within(TWO_POINTS));
    }
  }

  /** Of a command that outlasts its turn, the rest is charged too, whoever has the next one. */
  @ParameterizedTest
  @ValueSource(longs = {50, 500, 1_900, 5_000, 20_000})
  void strictSharesAreNotExceededAndLeaveTheRestIdle(long micros) {
    long span = SPAN * Math.max(1, micros / 2_000);
    MachineResult result =
        simulate(
            new StrictProcessUtilizationPartition(),
            span,
            List.of(
                endless("a", micros * MICRO, share(30)), endless("b", micros * MICRO, share(20))));

    assertThat(share(result, "a", span)).isCloseTo(0.3, within(TWO_POINTS));
    assertThat(share(result, "b", span)).isCloseTo(0.2, within(TWO_POINTS));
    assertThat(result.device("gpu").utilization()).isCloseTo(0.5, within(TWO_POINTS));
  }

  @Test
  void fairShareIsInProportionToWeights() {
    MachineResult result =
        simulate(
            new CompletelyFair(),
            SPAN,
            List.of(endless("a", Hints.priority(3)), endless("b", Hints.priority(0))));

    double weight = Math.pow(1.25, 3);
    assertThat(share(result, "a", SPAN)).isCloseTo(weight / (1 + weight), within(TWO_POINTS));
  }

  @Test
  void fairShareStarvesNobody() {
    MachineResult result =
        simulate(
            new CompletelyFair(),
            10 * SECOND,
            List.of(
                endless("low", Hints.priority(Hints.MIN_PRIORITY)),
                endless("high", Hints.priority(Hints.MAX_PRIORITY))));

    assertThat(result.client("low").commands()).isGreaterThan(10);
  }

  /** Requests of 1 to 12 ms that fill at most a fifth of the device; both batch loops have sunk. */
  @Property(tries = 12)
  void interactiveRequestsAreAsFastAsAloneUnderFeedback(
      @ForAll @IntRange(min = 5, max = 100) int perSecond,
      @ForAll @DoubleRange(min = 1, max = 12) double millis,
      @ForAll long seed) {
    int commands = (int) Math.max(10, Math.min(millis, 200.0 / perSecond) * 10);
    var arrivals = new Load.OpenLoop(Load.Arrivals.POISSON, perSecond);
    var nanos = new Distribution.LogNormal(100 * MICRO, 0.4);
    Client serve = requests("serve", commands, nanos, arrivals, Hints.NONE);
    var train = endless("train", Hints.NONE);
    var batch = endless("batch", Hints.NONE);
    double alone = p99(simulateFeedback(seed, serve));

    MachineResult beside = simulateFeedback(seed, serve, train, batch);

    assertThat(p99(beside) / alone).isBetween(0.99, 1.2);
    // Requests cut turns short at random, which alone makes the two differ by up to 5 %.
    assertThat(beside.client("train").commands())
        .isCloseTo(beside.client("batch").commands(), withinPercentage(10));
  }

  private static MachineResult simulateFeedback(long seed, Client... clients) {
    return simulate(
        seed, new MultiLevelFeedback(), FEEDBACK_SPAN, FEEDBACK_SPAN / 30, List.of(clients));
  }

  private static double p99(MachineResult result) {
    return result.client("serve").latencyHistogram().getValueAtPercentile(99);
  }

  @Test
  void whoPromisesItKeepsTheDeviceBusy() {
    var pause = new Load.ClosedLoop(new Distribution.Exponential(3 * MILLI));
    var clients =
        List.of(
            requests("a", 40, pause, share(70)),
            requests("b", 7, pause, Hints.priority(5)),
            endless("c", share(10)));
    for (Policy policy : CONSERVING) {
      MachineResult result = simulate(policy, SECOND, clients);

      assertThat(result.device("gpu").utilization()).as(policy.name()).isGreaterThan(0.999);
    }
  }
}
