package dev.overtake.sim.engine;

import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load.Arrivals;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Draws from the distributions of a scenario. */
final class Sampling {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Some 36 years: whatever is added to it still fits. */
  private static final double LONGEST_NANOS = 1L << 60;

  private Sampling() {}

  static DoubleSupplier of(Distribution distribution, SplittableRandom random) {
    return switch (distribution) {
      case Distribution.Constant(double value) -> () -> value;
      case Distribution.Exponential(double mean) -> () -> mean * random.nextExponential();
      case Distribution.Uniform(double min, double max) ->
          () -> min + (max - min) * random.nextDouble();
      case Distribution.LogNormal(double median, double sigma) ->
          () -> median * Math.exp(sigma * random.nextGaussian());
      case Distribution.Empirical empirical -> {
        double[] values = empirical.values().stream().mapToDouble(Double::doubleValue).toArray();
        yield () -> values[random.nextInt(values.length)];
      }
    };
  }

  /** The times from one request of an open-loop client to the next, in nanoseconds. */
  static DoubleSupplier gaps(Arrivals arrivals, double ratePerSecond, SplittableRandom random) {
    double mean = NANOS_PER_SECOND / ratePerSecond;
    return of(
        switch (arrivals) {
          case POISSON -> new Distribution.Exponential(mean);
          case PERIODIC -> new Distribution.Constant(mean);
          case UNIFORM -> new Distribution.Uniform(0, 2 * mean);
        },
        random);
  }

  /** Times, as the clock has them. */
  static LongSupplier nanosOf(Distribution distribution, SplittableRandom random) {
    if (distribution instanceof Distribution.Constant(double value)) {
      long nanos = nanos(value);
      return () -> nanos;
    }
    DoubleSupplier drawn = of(distribution, random);
    return () -> nanos(drawn.getAsDouble());
  }

  /** A drawn time, as the clock has it. */
  static long nanos(double drawn) {
    return Math.round(Math.min(drawn, LONGEST_NANOS));
  }
}
