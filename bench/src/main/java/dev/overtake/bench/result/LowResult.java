package dev.overtake.bench.result;

/**
 * What the batch side reached.
 *
 * @param iterationsPerSecond passes through the model in a second of measuring
 * @param imagesPerSecond what the model works on, images or matrix products, in that time: {@code
 *     iterationsPerSecond} times {@link LowWorkload#batch}
 * @param iterations passes completed in all rounds
 */
public record LowResult(double iterationsPerSecond, double imagesPerSecond, long iterations) {

  /** Checks the ranges. */
  public LowResult {
    Require.amount("iterationsPerSecond", iterationsPerSecond);
    Require.amount("imagesPerSecond", imagesPerSecond);
    Require.count("iterations", iterations);
  }
}
