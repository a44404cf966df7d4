package dev.overtake.bench.result;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One mode in one topology, summed over its rounds.
 *
 * @param suite which test, for example {@code test5}
 * @param device what it ran on, for example {@code host} or {@code cuda:0}
 * @param topology which hardware queues the two sides submit to
 * @param mode name of the mode: one of the constants here, or for example {@code XQueue (4,2)}
 * @param policy the scheduler's policy, for example {@code HPF}; {@code none} without a scheduler
 * @param launchConfig launch config of the batch side's XQueue, in commands; null where it has none
 * @param inFlightMicros what the batch side's work in flight is bounded to, microseconds; null
 *     without a bound by time
 * @param level how far preemption is asked to reach; null without a scheduler, or where it may
 *     reach as far as the device lets it
 * @param lowQueue what was in effect for the batch side; null without the shim, or if nobody could
 *     tell
 * @param high what the latency-critical side saw, over all rounds; null if it did not run, or no
 *     request was due
 * @param low what the batch side reached, over all rounds; null if it did not run
 * @param isolation see {@link Ratios#isolation}; null where the high side did not run
 * @param p50Ratio see {@link Ratios#toAlone}, of the high side's median latency; null where it did
 *     not run, or nobody knows what it is alone
 * @param harvest see {@link Ratios#harvest}; null where a side is missing
 * @param lowRatio see {@link Ratios#toAlone}, of the low side's rate; null likewise
 * @param warnings what a reader must know before trusting the figures, one sentence each
 * @param rounds the rounds one by one, so that noise between them shows
 * @param latencyDistribution the high side's latency at rising percentiles; empty without one
 * @param latencyOverTime the high side's requests in time; empty without one
 */
public record Run(
    String suite,
    String device,
    Topology topology,
    String mode,
    String policy,
    @Nullable LaunchConfig launchConfig,
    @Nullable Integer inFlightMicros,
    @Nullable PreemptionLevel level,
    @Nullable ScheduledQueue lowQueue,
    @Nullable HighResult high,
    @Nullable LowResult low,
    @Nullable Double isolation,
    @Nullable Double p50Ratio,
    @Nullable Double harvest,
    @Nullable Double lowRatio,
    List<String> warnings,
    List<RoundResult> rounds,
    List<LatencyPoint> latencyDistribution,
    LatencyOverTime latencyOverTime) {

  /** Mode of a run in which the high side has the device for itself. */
  public static final String STANDALONE_HIGH = "standalone-high";

  /** Mode of a run in which the low side has the device for itself. */
  public static final String STANDALONE_LOW = "standalone-low";

  /** Mode of a run in which both sides share the device without XQueues. */
  public static final String BASELINE = "baseline";

  /** Policy of a run without a scheduler. */
  public static final String NO_POLICY = "none";

  /** Checks that nothing is missing and no ratio is negative. */
  public Run {
    Objects.requireNonNull(suite, "suite");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(topology, "topology");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(latencyOverTime, "latencyOverTime");
    if (inFlightMicros != null) {
      Require.count("inFlightMicros", inFlightMicros);
    }
    Require.amountIfPresent("isolation", isolation);
    Require.amountIfPresent("p50Ratio", p50Ratio);
    Require.amountIfPresent("harvest", harvest);
    Require.amountIfPresent("lowRatio", lowRatio);
    warnings = List.copyOf(warnings);
    rounds = List.copyOf(rounds);
    latencyDistribution = List.copyOf(latencyDistribution);
  }
}
