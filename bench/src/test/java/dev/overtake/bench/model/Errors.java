package dev.overtake.bench.model;

/** How far a computed vector is from the expected one. */
final class Errors {
  private Errors() {}

  /** The largest difference, in parts of the largest expected magnitude. */
  static double relative(float[] actual, double[] expected) {
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      magnitude = Math.max(magnitude, Math.abs(expected[i]));
    }
    // NaN would slip through every comparison above.
    boolean finite = Double.isFinite(sum(actual)) && magnitude > 0;
    return finite ? difference / magnitude : Double.POSITIVE_INFINITY;
  }

  static double relative(float[] actual, float[] expected) {
    double[] wide = new double[expected.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = expected[i];
    }
    return relative(actual, wide);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
