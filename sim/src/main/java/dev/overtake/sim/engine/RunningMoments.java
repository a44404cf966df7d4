package dev.overtake.sim.engine;

/** Adds up values as they come, by Welford's method, which does not lose the small ones. */
final class RunningMoments {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    count++;
    double distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }

  Moments moments() {
    return new Moments(count, mean, count < 2 ? 0 : squares / (count - 1));
  }
}
