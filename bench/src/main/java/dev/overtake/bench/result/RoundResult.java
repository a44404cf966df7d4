package dev.overtake.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * One round of a run. Its ratios are to the standalone rounds of the same index, so that slow drift
 * of the machine cancels out. Fields are null where the side did not run or completed nothing that
 * could be counted.
 *
 * @param round index, from 0
 * @param highP50Ms the high side's median latency, milliseconds
 * @param highP99Ms its 99th percentile
 * @param highSamples requests completed; 0 without a high side
 * @param lowIterationsPerSecond the low side's passes in a second
 * @param isolation see {@link Ratios#isolation}
 * @param harvest see {@link Ratios#harvest}
 */
public record RoundResult(
    int round,
    @Nullable Double highP50Ms,
    @Nullable Double highP99Ms,
    long highSamples,
    @Nullable Double lowIterationsPerSecond,
    @Nullable Double isolation,
    @Nullable Double harvest) {

  /** Checks the ranges. */
  public RoundResult {
    Require.count("round", round);
    Require.amountIfPresent("highP50Ms", highP50Ms);
    Require.amountIfPresent("highP99Ms", highP99Ms);
    Require.count("highSamples", highSamples);
    Require.amountIfPresent("lowIterationsPerSecond", lowIterationsPerSecond);
    Require.amountIfPresent("isolation", isolation);
    Require.amountIfPresent("harvest", harvest);
  }
}
