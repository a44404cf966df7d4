package dev.overtake.sim.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ScenarioTest {
  private static final Device GPU =
      Device.ideal("gpu", PreemptionLevel.L1, new Sharing.CommandTurns());
  private static final Client CLIENT =
      Client.of(
          "serve",
          "gpu",
          new Load.OpenLoop(Load.Arrivals.POISSON, 20),
          Work.oneCommand(new Distribution.Exponential(1e6)));

  @Test
  void aScenarioIsMeasuredAfterItsWarmUp() {
    var scenario = scenario(100, 10, List.of(Machine.of(GPU, List.of(CLIENT))));

    assertThat(scenario.measuredNanos()).isEqualTo(90);
  }

  @Test
  void theWarmUpEndsBeforeTheScenario() {
    rejects(
        () -> scenario(10, 10, List.of(Machine.of(GPU, List.of(CLIENT)))),
        "give a longer duration");
  }

  @Test
  void aScenarioHasMachines() {
    rejects(() -> scenario(10, 0, List.of()), "machines: give at least one");
  }

  @Test
  void aClientUsesADeviceOfItsMachine() {
    var lost = Client.of("lost", "tpu", CLIENT.load(), CLIENT.work());

    rejects(
        () -> Machine.of(GPU, List.of(lost)),
        "client lost uses device tpu: machine machine has gpu");
  }

  @Test
  void namesAreDistinct() {
    rejects(() -> Machine.of(GPU, List.of(CLIENT, CLIENT)), "are named serve");
  }

  @Test
  void aLoopTakesTime() {
    var nothing = Work.oneCommand(new Distribution.Constant(0));

    rejects(
        () -> Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), nothing),
        "client loop sends requests that take no time");
  }

  @Test
  void numbersAreInRange() {
    rejects(() -> CLIENT.withCount(0), "count of client serve is 0: give more than 0");
    rejects(() -> CLIENT.withProcess(-1, 0), "give a pid");
    rejects(() -> CLIENT.withProcess(1, 20), "give -20 to 19");
    rejects(() -> CLIENT.withLingerNanos(-1), "linger");
    rejects(() -> CLIENT.during(5, 5), "give a later end");
    rejects(() -> new InFlight.Time(-1), "time in flight");
    rejects(() -> new Sharing.TimeSlices(0), "time slice");
    rejects(() -> new Load.OpenLoop(Load.Arrivals.PERIODIC, Double.NaN), "rate");
    rejects(() -> CLIENT.work().withIterations(0), "iterations");
    rejects(() -> new Distribution.Constant(-1), "constant");
    rejects(() -> new Distribution.Uniform(2, 1), "at least 2.0");
    rejects(() -> new Distribution.LogNormal(1, Double.POSITIVE_INFINITY), "sigma");
    rejects(() -> new Distribution.Empirical(List.of()), "give at least one");
  }

  @Test
  void aTraceIsInOrder() {
    var late = new Load.TraceRequest(5, List.of());
    var early = new Load.TraceRequest(4, List.of(1L));

    rejects(() -> new Load.Replay(List.of(late, early)), "request 2 of the trace");
    assertThat(new Load.Replay(List.of(early, late)).requests()).hasSize(2);
  }

  @Test
  void distributionsKnowTheirMoments() {
    assertThat(new Distribution.Uniform(1, 4).mean()).isEqualTo(2.5);
    assertThat(new Distribution.Uniform(1, 4).variance()).isEqualTo(0.75);
    assertThat(new Distribution.Exponential(3).variance()).isEqualTo(9);
    assertThat(new Distribution.Empirical(List.of(1.0, 3.0)).variance()).isEqualTo(1);
    assertThat(new Distribution.LogNormal(1, 1).mean()).isCloseTo(1.6487, within(1e-4));
    assertThat(new Distribution.LogNormal(1, 1).variance()).isCloseTo(4.6708, within(1e-4));
  }

  private static Scenario scenario(long duration, long warmUp, List<Machine> machines) {
    return new Scenario("test", 1, duration, warmUp, Scenario.NO_POLICY, 0, machines);
  }

  private static void rejects(ThrowingCallable make, String message) {
    assertThatIllegalArgumentException().isThrownBy(make).withMessageContaining(message);
  }
}
