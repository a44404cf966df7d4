package dev.overtake.cli.simulation;

import dev.overtake.bench.result.LatencyPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one kind of client under one policy.
 *
 * @param policy or {@link #ALONE}
 * @param machine the name of its kind of machine
 * @param client the name of its kind
 * @param clients how many there were; one a machine where it was alone
 * @param device that it used
 * @param requests that were due after the warm-up
 * @param finished how many of these were finished at the end
 * @param latency from when a request was due, of all that were due: those unfinished with the time
 *     that they had waited; null if there was none
 * @param requestsPerSecond that were finished, of all these clients together
 * @param iterationsPerSecond likewise
 * @param deviceShare the share of the time of the devices that ran their commands, 0 to 1
 * @param isolation P99 / P99 alone: 1 is as good as alone; null if either is missing
 * @param rateRatio iterations of a client / those of one alone; null likewise
 * @param latencyDistribution for plots; empty if there was no request
 */
public record SimRun(
    String policy,
    String machine,
    String client,
    int clients,
    String device,
    long requests,
    long finished,
    @Nullable Latency latency,
    double requestsPerSecond,
    double iterationsPerSecond,
    double deviceShare,
    @Nullable Double isolation,
    @Nullable Double rateRatio,
    List<LatencyPoint> latencyDistribution) {
  /** In the place of a policy: the client by itself, unscheduled. */
  public static final String ALONE = "alone";

  /** Latencies in milliseconds. */
  public record Latency(double p50Ms, double p95Ms, double p99Ms, double maxMs, double meanMs) {}

  public SimRun {
    latencyDistribution = List.copyOf(latencyDistribution);
  }

  boolean isAlone() {
    return policy.equals(ALONE);
  }
}
