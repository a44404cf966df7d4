package dev.overtake.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.util.List;
import org.junit.jupiter.api.Test;

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
    return requests(name, 1_000_000, Load.ClosedLoop.withoutPause(), hints);
  }

  private static Client requests(String name, int commands, Load load, Hints hints) {
    var work = Work.commands(commands, new Distribution.Constant(50 * MICRO));
    return commandByCommand(name, load, work, hints);
  }

  private static Client commandByCommand(String name, Load load, Work work, Hints hints) {
    return Client.of(name, "gpu", load, work).withInFlight(new InFlight.Time(0)).withHints(hints);
  }

  private static Hints share(int percent) {
    return Hints.NONE.withUtilizationPercent(percent);
  }

  private static MachineResult simulate(Policy policy, long nanos, List<Client> clients) {
    var device = Device.ideal("gpu", PreemptionLevel.L1, new Sharing.Fifo());
    var scenario =
        new Scenario("shares", 7, nanos, 0, policy.name(), 0, List.of(Machine.of(device, clients)));
    return Simulation.run(scenario, policy, Observer.NONE).machines().getFirst();
  }

  private static double share(MachineResult result, String client, long nanos) {
    return (double) result.client(client).serviceNanos() / nanos;
  }

  @Test
  void partitionsKeepSharesOver100Timeslices() {
    var clients =
        List.of(endless("a", share(60)), endless("b", share(25)), endless("c", Hints.NONE));
    for (Policy policy : PARTITIONS) {
      MachineResult result = simulate(policy, SPAN, clients);

      assertThat(share(result, "a", SPAN)).as(policy.name()).isCloseTo(0.6, within(TWO_POINTS));
      assertThat(share(result, "b", SPAN)).as(policy.name()).isCloseTo(0.25, within(TWO_POINTS));
      assertThat(share(result, "c", SPAN)).as(policy.name()).isCloseTo(0.15, within(TWO_POINTS));
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

  @Test
  void whoWakesUpOftenKeepsItsShare() {
    var pause = new Load.ClosedLoop(new Distribution.Constant(200 * MICRO));
    // Commands are short, since the one that runs when "a" wakes up counts as service of "a".
    var work = Work.commands(50, new Distribution.Constant(10 * MICRO));
    var clients =
        List.of(
            commandByCommand("a", pause, work, share(50)),
            commandByCommand(
                "b", Load.ClosedLoop.withoutPause(), work.withIterations(1_000_000), share(50)));
    for (Policy policy : List.of(new UtilizationPartition(), new ProcessUtilizationPartition())) {
      MachineResult result = simulate(policy, SPAN, clients);

      assertThat(share(result, "a", SPAN)).as(policy.name()).isCloseTo(0.5, within(TWO_POINTS));
    }
  }

  @Test
  void strictSharesAreNotExceededAndLeaveTheRestIdle() {
    MachineResult result =
        simulate(
            new StrictProcessUtilizationPartition(),
            SPAN,
            List.of(endless("a", share(30)), endless("b", share(20))));

    assertThat(share(result, "a", SPAN)).isCloseTo(0.3, within(TWO_POINTS));
    assertThat(share(result, "b", SPAN)).isCloseTo(0.2, within(TWO_POINTS));
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

  @Test
  void interactiveRequestsAreAsFastAsAloneUnderFeedback() {
    var arrivals = new Load.OpenLoop(Load.Arrivals.POISSON, 20);
    Client serve = requests("serve", 60, arrivals, Hints.NONE);
    var policy = new MultiLevelFeedback();
    double alone = p99(simulate(policy, 60 * SECOND, List.of(serve)));

    MachineResult beside =
        simulate(
            policy,
            60 * SECOND,
            List.of(serve, endless("train", Hints.NONE), endless("batch", Hints.NONE)));

    assertThat(beside.client("serve").requests()).isGreaterThan(1_000);
    assertThat(p99(beside) / alone).isBetween(1.0, 1.2);
    assertThat(share(beside, "train", 60 * SECOND)).isCloseTo(0.47, within(TWO_POINTS));
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
