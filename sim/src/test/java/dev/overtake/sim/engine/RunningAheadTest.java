package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static dev.overtake.sim.engine.Scenarios.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.Snapshot;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that launch requests before they have waited for earlier ones. */
class RunningAheadTest {
  private static final Device SHARED_QUEUE =
      Scenarios.device(PreemptionLevel.L1, new Sharing.Fifo());

  private static Work requests(int commands, int ahead) {
    return Work.commands(commands, new Distribution.Constant(MILLI)).withRequestsAhead(ahead);
  }

  private static MachineResult run(Client... clients) {
    return run(SHARED_QUEUE, clients);
  }

  private static MachineResult run(Device device, Client... clients) {
    Scenario scenario = Scenarios.oneMachine(1, 20 * SECOND, device, clients);
    return Simulation.run(scenario, null, Observer.NONE).machines().getFirst();
  }

  @Test
  void inOneQueueRequestWaitsForAllThatTheLoopHasAhead() {
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(2, 20));
    Client request =
        Client.of(
            "request",
            "gpu",
            new Load.OpenLoop(Load.Arrivals.PERIODIC, 30),
            requests(1, Work.ALL_AHEAD));
    MachineResult result = run(loop, request);
    // 20 passes of 2 ms, less what has run of the first, and one or two requests among them.
    assertThat(result.client("request").latencyHistogram().getValueAtPercentile(50) / 1e6)
        .isBetween(39.0, 43.0);
    assertThat(result.client("request").latencyHistogram().getValueAtPercentile(5) / 1e6)
        .isGreaterThan(38);
    assertThat(result.device("gpu").utilization()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, Device.DRIVERS_QUEUE_DEPTH})
  void deviceTakesSomeCommandsAndNoMore(int depth) {
    Device device = new Device("gpu", 1, PreemptionLevel.L1, new Sharing.Fifo(), 0, 0, depth);
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(2000, 1));
    Client request =
        Client.of("request", "gpu", new Load.OpenLoop(Load.Arrivals.PERIODIC, 1), requests(1, 1));
    ClientResult result = run(device, loop, request).client("request");
    assertThat(result.latencyHistogram().getMaxValue() / 1e6).isBetween(depth - 25.0, depth + 6.0);
  }

  @Test
  void queuesInOneHardwareQueueShareItsPlacesInTheOrderInWhichTheyAskedForThem() {
    Device device = new Device("gpu", 1, PreemptionLevel.L1, new Sharing.Fifo(), 0, 0, 100);
    var loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(2000, 1));
    Client other = Client.of("other", "gpu", Load.ClosedLoop.withoutPause(), requests(2000, 1));
    MachineResult result = run(device, loop, other);
    // Two threads that launch without a pause get every other place, whoever was there first: 20 s
    // have room for ten passes, less the one that each has begun.
    assertThat(result.client("loop").finished()).isBetween(3L, 5L);
    assertThat(result.client("other").finished()).isBetween(3L, 5L);
    var request = new Load.OpenLoop(Load.Arrivals.PERIODIC, 1);
    // Ten commands, of which each has to wait for a place, and the last for 100 before it.
    ClientResult waiting =
        run(device, loop, Client.of("request", "gpu", request, requests(10, 1))).client("request");
    assertThat(waiting.latencyHistogram().getMaxValue() / 1e6).isBetween(100.0, 125.0);
  }

  @Test
  void threadsThatWaitedForPlacesLaunchAtOnceAgainWhenThereAreSome() {
    // One long command fills the queue; then a launch takes longer than a command.
    Device device = new Device("gpu", 1, PreemptionLevel.L1, new Sharing.Fifo(), 0, 5_000, 4);
    Work launches = Work.commands(1000, new Distribution.Constant(1_000)).withRequestsAhead(4);
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), launches).withCount(2);
    Client once =
        Client.of(
            "once",
            "gpu",
            new Load.OpenLoop(Load.Arrivals.PERIODIC, 0.1),
            Work.commands(1, new Distribution.Constant(100 * MILLI)));
    // Each of two threads launches a command in 5 us: 1,000 in 5 ms.
    assertThat(run(device, loop, once).client("loop").finished()).isBetween(7_700L, 8_000L);
  }

  @Test
  void programThatWaitsForEachRequestCannotKeepUpThere() {
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(2, 20));
    Client request =
        Client.of("request", "gpu", new Load.OpenLoop(Load.Arrivals.PERIODIC, 30), requests(1, 1));
    ClientResult result = run(loop, request).client("request");
    assertThat(result.finished()).isLessThan(result.requests() * 9 / 10);
  }

  @Test
  void loopHasSoManyRequestsUnfinishedAtAllTimes() {
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(3, 5));
    ClientResult result = run(loop).client("loop");
    assertThat(result.requests() - result.finished()).isEqualTo(5);
    // Each is due when one is finished, so it waits for four others.
    assertThat(result.meanLatencyNanos()).isCloseTo(15e6, within(1e3));
    assertThat(result.meanWaitingNanos()).isCloseTo(12e6, within(1e3));
  }

  @Test
  void loopThatPausesOrNeverWaitsCannotRunAhead() {
    var pausing = new Load.ClosedLoop(new Distribution.Constant(MILLI));
    assertThatThrownBy(() -> Client.of("a", "gpu", pausing, requests(1, 2)))
        .hasMessage(
            "client a pauses between requests, and launches 2 of them ahead: give one of the two");
    assertThatThrownBy(
            () ->
                Client.of("a", "gpu", Load.ClosedLoop.withoutPause(), requests(1, Work.ALL_AHEAD)))
        .hasMessageStartingWith("client a is a loop that never waits");
  }

  @Test
  void failingPolicyEndsTheSimulationUnlessSomebodyPutsUpWithIt() {
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), requests(1, 1));
    Scenario scenario = Scenarios.oneMachine(1, SECOND, SHARED_QUEUE, loop);
    Policy broken = failing();
    assertThatThrownBy(() -> Simulation.run(scenario, broken, Observer.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("policy BROKEN failed: out of ideas");
    var patient =
        new Observer() {
          private int failures;

          @Override
          public void policyFailed(Policy policy, Throwable failure) {
            failures++;
          }
        };
    SimulationResult result = Simulation.run(scenario, broken, patient);
    assertThat(patient.failures).isEqualTo(1);
    assertThat(result.policy()).isEqualTo("BROKEN");
    assertThat(result.machines().getFirst().clients())
        .isEqualTo(Simulation.run(scenario, null, Observer.NONE).machines().getFirst().clients());
  }

  private static Policy failing() {
    return new Policy() {
      @Override
      public String name() {
        return "BROKEN";
      }

      @Override
      public Decision schedule(Snapshot snapshot, long nowNanos) {
        throw new IllegalStateException("out of ideas");
      }
    };
  }
}
