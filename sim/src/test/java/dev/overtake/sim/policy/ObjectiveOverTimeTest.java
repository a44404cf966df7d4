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
import dev.overtake.sim.engine.QueueIdentity;
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
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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
  private static Client serve(Distribution commandNanos, Load load) {
    var work = Work.commands(20, commandNanos).withHostNanos(new Distribution.Constant(HOST));
    return Client.of("serve", "gpu", load, work).withLingerNanos(MILLI);
  }

  private static Client serve(Hints hints) {
    var load = new Load.OpenLoop(Load.Arrivals.PERIODIC, 50);
    return serve(new Distribution.Constant(100 * MICRO), load).withHints(hints);
  }

  private static Client batch() {
    var work = Work.commands(1_000, new Distribution.Constant(600 * MICRO));
    return Client.of("batch", "gpu", Load.ClosedLoop.withoutPause(), work)
        .withInFlight(new InFlight.Time(0));
  }

  private static MachineResult simulate(@Nullable Policy policy, Client... clients) {
    return simulate(11, policy, Observer.NONE, clients);
  }

  private static MachineResult simulate(
      long seed, @Nullable Policy policy, Observer observer, Client... clients) {
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
    return Simulation.run(scenario, policy, observer).machines().getFirst();
  }

  private static double latency(MachineResult result, double percentile) {
    ClientResult serve = result.client("serve");
    return serve.latencyHistogram().getValueAtPercentile(percentile);
  }

  private static double commands(MachineResult result) {
    return result.client("batch").commands();
  }

  /** How long each request took, by when it was due. */
  private static final class Latencies implements Observer {
    private final SortedMap<Long, Long> nanos = new TreeMap<>();

    @Override
    public void requestFinished(QueueIdentity queue, long dueNanos, long nowNanos) {
      if (queue.client().equals("serve")) {
        nanos.put(dueNanos, nowNanos - dueNanos);
      }
    }
  }

  /**
   * What somebody would give batch work who knew how long every request takes alone and beside it:
   * it runs beside each for just the part that the target bears, and spends the misses that are
   * allowed where they win it most.
   */
  private static double oracle(
      Latencies alone, Latencies beside, double target, double held, double free) {
    var missing = new ArrayList<Double>(); // Of each request, the time without batch work.
    double all = 0;
    for (var request : alone.nanos.entrySet()) {
      double most = beside.nanos.getOrDefault(request.getKey(), 0L);
      double least = request.getValue();
      double part = most <= least ? 1 : Math.clamp((target - least) / (most - least), 0, 1);
      missing.add((1 - part) * most);
      all += most;
    }
    missing.sort(Comparator.reverseOrder());
    int allowed = (int) (missing.size() * (1 - PERCENTILE / 100));
    double without = missing.stream().skip(allowed).mapToDouble(Double::doubleValue).sum();
    return held + (free - held) * (1 - without / all);
  }

  @Property(tries = 12)
  void targetIsKeptAndBatchWorkHasNearlyWhatAnOracleWouldGiveIt(
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @DoubleRange(min = 0.3, max = 1.5) double part,
      @ForAll @DoubleRange(max = 0.7) double sigma,
      @ForAll boolean poisson) {
    Client serve =
        serve(
            new Distribution.LogNormal(100 * MICRO, sigma),
            poisson
                ? new Load.OpenLoop(Load.Arrivals.POISSON, 20)
                : new Load.OpenLoop(Load.Arrivals.PERIODIC, 50));
    var alone = new Latencies();
    var beside = new Latencies();
    MachineResult held =
        simulate(
            seed, new HighestPriorityFirst(), alone, serve.withHints(Hints.priority(1)), batch());
    MachineResult free = simulate(seed, null, beside, serve, batch());
    double fastest = latency(held, PERCENTILE);
    double slowest = latency(free, PERCENTILE);
    assertThat(slowest).isGreaterThan(1.1 * fastest);
    var target = (long) (fastest + part * (slowest - fastest));
    // Its span begins with its first launch, and ends when the queue no longer lingers.
    var hint = new LatencyTarget(target + MILLI - HOST, PERCENTILE);

    MachineResult result =
        simulate(
            seed,
            new LatencyObjective(),
            Observer.NONE,
            serve.withHints(Hints.NONE.withLatencyTarget(hint)),
            batch());

    assertThat(result.client("serve").requests()).isGreaterThan(1_800);
    assertThat(latency(result, PERCENTILE)).isLessThanOrEqualTo(target * 1.001);
    assertThat(commands(result))
        .isGreaterThan(
            0.9 * oracle(alone, beside, (double) target, commands(held), commands(free)));
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
