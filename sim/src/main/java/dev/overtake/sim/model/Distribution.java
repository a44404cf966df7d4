package dev.overtake.sim.model;

import java.util.List;

/**
 * Of a quantity that is 0 or more: a time in nanoseconds or a number of commands, as the component
 * says that has it.
 */
public sealed interface Distribution {
  /** The expected value. */
  double mean();

  /** The expected squared distance from the mean. */
  double variance();

  /**
   * Always the same.
   *
   * @param value 0 or more
   */
  record Constant(double value) implements Distribution {
    public Constant {
      Check.atLeast("a constant", value, 0);
    }

    @Override
    public double mean() {
      return value;
    }

    @Override
    public double variance() {
      return 0;
    }
  }

  /**
   * Without memory.
   *
   * @param mean above 0
   */
  record Exponential(double mean) implements Distribution {
    public Exponential {
      Check.positive("the mean of an exponential distribution", mean);
    }

    @Override
    public double variance() {
      return mean * mean;
    }
  }

  /**
   * Anything between two values, as likely as any other.
   *
   * @param min 0 or more
   * @param max at least {@code min}
   */
  record Uniform(double min, double max) implements Distribution {
    public Uniform {
      Check.atLeast("the least value of a uniform distribution", min, 0);
      Check.atLeast("the largest value of a uniform distribution", max, min);
    }

    @Override
    public double mean() {
      return (min + max) / 2;
    }

    @Override
    public double variance() {
      return (max - min) * (max - min) / 12;
    }
  }

  /**
   * Its logarithm is normal: a long tail, as latencies have. The 99th percentile is {@code median *
   * exp(2.326 * sigma)}.
   *
   * @param median above 0
   * @param sigma the standard deviation of the natural logarithm, 0 or more
   */
  record LogNormal(double median, double sigma) implements Distribution {
    public LogNormal {
      Check.positive("the median of a log-normal distribution", median);
      Check.atLeast("the sigma of a log-normal distribution", sigma, 0);
    }

    @Override
    public double mean() {
      return median * Math.exp(sigma * sigma / 2);
    }

    @Override
    public double variance() {
      return Math.expm1(sigma * sigma) * mean() * mean();
    }
  }

  /**
   * One of these measured values, each as likely as any other.
   *
   * @param values at least one, 0 or more each
   */
  record Empirical(List<Double> values) implements Distribution {
    public Empirical {
      values = List.copyOf(values);
      Check.notEmpty("values of an empirical distribution", values);
      values.forEach(value -> Check.atLeast("a value of an empirical distribution", value, 0));
    }

    @Override
    public double mean() {
      return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    @Override
    public double variance() {
      double mean = mean();
      return values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }
  }
}
