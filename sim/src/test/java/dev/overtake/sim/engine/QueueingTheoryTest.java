package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static dev.overtake.sim.engine.Scenarios.SECOND;
import static dev.overtake.sim.engine.Scenarios.device;
import static dev.overtake.sim.engine.Scenarios.oneMachine;
import static dev.overtake.sim.engine.Scenarios.poisson;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation against what queueing theory knows of it: Kleinrock, Queueing Systems, volume 1
 * (1975), sections 3.2 and 5.6, and volume 2 (1976), sections 3.3 and 3.4.
 *
 * <p>Each mean is that of independent replications. Its 95 % confidence interval has to be narrow,
 * half of it below 1 % of the mean, and the closed form within 2 % of the mean: so neither a wrong
 * simulation nor one that is too short passes.
 */
@Timeout(180) // Each computes for ten seconds.
class QueueingTheoryTest {
  private static final int REPLICATIONS = 20;

  /** Student's t for 19 degrees of freedom, 97.5 %. */
  private static final double T = 2.093;

  private static final double MEAN_NANOS = MILLI;

  static List<Distribution> services() {
    return List.of(
        new Distribution.Exponential(MEAN_NANOS),
        new Distribution.Constant(MEAN_NANOS),
        new Distribution.Uniform(0, 2 * MEAN_NANOS),
        new Distribution.LogNormal(MEAN_NANOS * Math.exp(-0.125), 0.5),
        new Distribution.Empirical(List.of(0.1 * MEAN_NANOS, 1.9 * MEAN_NANOS)));
  }

  @ParameterizedTest
  @MethodSource("services")
  void oneQueueWaitsAsPollaczekAndKhinchineSay(Distribution service) {
    double rate = 600;
    var scenario =
        oneMachine(1, 300 * SECOND, gpu(PreemptionLevel.L1), poisson("all", rate, service));

    double load = rate / SECOND * service.mean();
    assertAgree(
        replicate(scenario, null),
        result -> waiting(result, "all"),
        residual(rate, service) / (1 - load));
  }

  @Test
  void requestsOfTwoPrioritiesWaitAsCobhamSays() {
    var high = new Distribution.Exponential(MEAN_NANOS);
    var low = new Distribution.Constant(2 * MEAN_NANOS);
    var scenario =
        oneMachine(
            2,
            900 * SECOND,
            gpu(PreemptionLevel.L1),
            poisson("high", 300, high).withHints(Hints.priority(1)),
            poisson("low", 150, low));

    List<MachineResult> replications = replicate(scenario, new HighestPriorityFirst());

    double residual = residual(300, high) + residual(150, low);
    assertAgree(replications, result -> waiting(result, "high"), residual / (1 - 0.3));
    assertAgree(replications, result -> waiting(result, "low"), residual / (1 - 0.3) / (1 - 0.6));
  }

  @Test
  void interruptedRequestsStayAsThePreemptiveResumeFormulaSays() {
    var high = new Distribution.Exponential(MEAN_NANOS);
    var low = new Distribution.Exponential(2 * MEAN_NANOS);
    var scenario =
        oneMachine(
            3,
            900 * SECOND,
            gpu(PreemptionLevel.L3),
            poisson("high", 300, high).withHints(Hints.priority(1)),
            poisson("low", 150, low));
    List<MachineResult> replications = replicate(scenario, new HighestPriorityFirst());

    assertAgree(
        replications,
        result -> latency(result, "high"),
        high.mean() + residual(300, high) / (1 - 0.3));
    assertAgree(
        replications,
        result -> latency(result, "low"),
        low.mean() / (1 - 0.3)
            + (residual(300, high) + residual(150, low)) / (1 - 0.3) / (1 - 0.6));
  }

  /** What of a service is left when a request comes, on average: rate * E[S^2] / 2. */
  private static double residual(double ratePerSecond, Distribution service) {
    double square = service.variance() + service.mean() * service.mean();
    return ratePerSecond / SECOND * square / 2;
  }

  private static Device gpu(PreemptionLevel level) {
    return device(level, new Sharing.Fifo());
  }

  private static double waiting(MachineResult result, String client) {
    return result.client(client).meanWaitingNanos();
  }

  private static double latency(MachineResult result, String client) {
    return result.client(client).meanLatencyNanos();
  }

  /** The same scenario with as many seeds as there are replications. */
  private static List<MachineResult> replicate(Scenario scenario, Policy policy) {
    return IntStream.range(0, REPLICATIONS)
        .mapToObj(i -> scenario.withSeed(scenario.seed() * 1000 + i))
        .map(each -> Simulation.run(each, policy, Observer.NONE).machines().getFirst())
        .toList();
  }

  private static void assertAgree(
      List<MachineResult> replications, ToDoubleFunction<MachineResult> figure, double exact) {
    double[] means = replications.stream().mapToDouble(figure).toArray();
    double mean = DoubleStream.of(means).average().orElseThrow();
    double squares = DoubleStream.of(means).map(m -> (m - mean) * (m - mean)).sum();
    double halfWidth = T * Math.sqrt(squares / (means.length - 1) / means.length);

    assertThat(halfWidth / mean).as("half of the confidence interval").isLessThan(0.01);
    assertThat(exact / mean).as("closed form over simulation").isBetween(0.98, 1.02);
  }
}
