package dev.overtake.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Automatic;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyObjective;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.engine.ClientResult;
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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SLO and AUTO promise: requests bound by launching, beside a batch loop. */
class ObjectiveOverTimeTest {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long LENGTH = 120 * SECOND;
  private static final double PERCENTILE = 95;

  /** That a request computes before it comes to its first launch, and is seen to be ready. */
  private static final long HOST = 300 * MICRO;

  /** Computes for 0.3 ms before each of 20 commands of 0.1 ms: holding all others wastes 3/4. */
  private static Client serve(Hints hints) {
    var work =
        Work.commands(20, new Distribution.Constant(100 * MICRO))
            .withHostNanos(new Distribution.Constant(HOST));
    return Client.of("serve", "gpu", new Load.OpenLoop(Load.Arrivals.PERIODIC, 50), work)
        .withHints(hints)
        .withLingerNanos(MILLI);
  }

  private static Client batch() {
    var work = Work.commands(1_000, new Distribution.Constant(600 * MICRO));
    return Client.of("batch", "gpu", Load.ClosedLoop.withoutPause(), work)
        .withInFlight(new InFlight.Time(0));
  }

  private static MachineResult simulate(@Nullable Policy policy, Client... clients) {
    return simulate(11, policy, clients);
  }

  private static MachineResult simulate(long seed, @Nullable Policy policy, Client... clients) {
    var device = Device.ideal("gpu", PreemptionLevel.L2, new Sharing.CommandTurns());
    var scenario =
        new Scenario(
            "objective",
            seed,
            LENGTH,
            LENGTH / 10,
            policy == null ? Scenario.NO_POLICY : policy.name(),
            0,
            List.of(Machine.of(device, List.of(clients))));
    return Simulation.run(scenario, policy, Observer.NONE).machines().getFirst();
  }

  private static double latency(MachineResult result, double percentile) {
    ClientResult serve = result.client("serve");
    return serve.latencyHistogram().getValueAtPercentile(percentile);
  }

  private static double commands(MachineResult result) {
    return result.client("batch").commands();
  }

  /**
   * The oracle knows what a request takes alone and beside batch work, and lets batch work run
   * beside each request for just the part of it that the target bears.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.9, 1.5})
  void targetIsKeptAndBatchWorkHasNearlyWhatAnOracleWouldGiveIt(double part) {
    MachineResult held = simulate(new HighestPriorityFirst(), serve(Hints.priority(1)), batch());
    MachineResult free = simulate(null, serve(Hints.NONE), batch());
    double alone = latency(held, PERCENTILE);
    double beside = latency(free, PERCENTILE);
    assertThat(beside).isGreaterThan(1.1 * alone);
    var target = (long) (alone + part * (beside - alone));

    MachineResult result =
        simulate(
            new LatencyObjective(),
            serve(
                Hints.NONE.withLatencyTarget(new LatencyTarget(target + MILLI - HOST, PERCENTILE))),
            batch());

    // Its span begins with its first launch, and ends when the queue no longer lingers.
    assertThat(latency(result, PERCENTILE)).isLessThanOrEqualTo(target * 1.001);
    double oracle = commands(held) + Math.min(part, 1) * (commands(free) - commands(held));
    assertThat(commands(result)).isGreaterThan(0.9 * oracle);
  }

  /** Lengths and arrivals that vary: what a span will take is not known when it begins. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void percentileIsKeptWhereNoTwoRequestsAreAlike(long seed) {
    var work =
        Work.commands(20, new Distribution.LogNormal(100 * MICRO, 0.7))
            .withHostNanos(new Distribution.Constant(HOST));
    Client varied =
        Client.of("serve", "gpu", new Load.OpenLoop(Load.Arrivals.POISSON, 20), work)
            .withLingerNanos(MILLI);
    MachineResult held =
        simulate(seed, new HighestPriorityFirst(), varied.withHints(Hints.priority(1)), batch());
    var target = (long) (1.3 * latency(held, PERCENTILE));

    MachineResult result =
        simulate(
            seed,
            new LatencyObjective(),
            varied.withHints(
                Hints.NONE.withLatencyTarget(new LatencyTarget(target + MILLI - HOST, PERCENTILE))),
            batch());

    assertThat(result.client("serve").requests()).isGreaterThan(2_000);
    assertThat(latency(result, PERCENTILE)).isLessThanOrEqualTo((double) target);
    assertThat(commands(result)).isGreaterThan(commands(held));
  }

  @Test
  void targetThatCannotBeKeptLeavesBatchWorkTheTimeBetweenRequests() {
    MachineResult held = simulate(new HighestPriorityFirst(), serve(Hints.priority(1)), batch());
    MachineResult result =
        simulate(
            new LatencyObjective(),
            serve(Hints.NONE.withLatencyTarget(new LatencyTarget(7 * MILLI, PERCENTILE))),
            batch());

    assertThat(latency(result, 50)).isLessThanOrEqualTo(latency(held, 50) * 1.05);
    assertThat(commands(result)).isGreaterThan(0.9 * commands(held));
  }

  @Test
  void requestsAreNearlyAsFastAsAloneWithoutAnyHint() {
    double alone = latency(simulate(null, serve(Hints.NONE)), 99);
    double shared = latency(simulate(null, serve(Hints.NONE), batch()), 99);
    MachineResult automatic = simulate(new Automatic(), serve(Hints.NONE), batch());
    MachineResult hinted = simulate(new HighestPriorityFirst(), serve(Hints.priority(1)), batch());

    assertThat(shared / alone).isGreaterThan(1.2);
    assertThat(latency(automatic, 99) / alone).isBetween(1.0, 1.1);
    assertThat(commands(automatic)).isGreaterThan(0.98 * commands(hinted));
  }
}
