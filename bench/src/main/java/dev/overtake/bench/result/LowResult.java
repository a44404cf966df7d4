package dev.overtake.bench.result;

/**
 * What the batch side reached.
 *
 * @param iterationsPerSecond passes through the model in a second of measuring; 0 if it is not
 *     known, of which a warning tells
 * @param imagesPerSecond what the model works on, images or matrix products, in that time: {@code
 *     iterationsPerSecond} times {@link LowWorkload#batch}
 * @param iterations passes counted in all rounds: between the first and the last that was seen to
 *     end
 */
public record LowResult(double iterationsPerSecond, double imagesPerSecond, long iterations) {

  /** Checks the ranges. */
  public LowResult {
    Require.amount("iterationsPerSecond", iterationsPerSecond);
    Require.amount("imagesPerSecond", imagesPerSecond);
    Require.count("iterations", iterations);
  }
}
