package dev.overtake.bench.model;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Initial weights from one seed. Every call takes its own stream off the seed, in the order of the
 * calls, so the same calls after the same seed give the same weights.
 */
final class Weights {
  private final SplittableRandom random;

  Weights(long seed) {
    random = new SplittableRandom(seed);
  }

  /** {@code count} values of a normal distribution around 0. */
  float[] normal(int count, double standardDeviation) {
    SplittableRandom stream = random.split();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (stream.nextGaussian() * standardDeviation);
    }
    return values;
  }

  /** {@code count} values of the uniform distribution over [-bound, bound). */
  float[] uniform(int count, double bound) {
    SplittableRandom stream = random.split();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) stream.nextDouble(-bound, bound);
    }
    return values;
  }

  static float[] constant(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }
}
