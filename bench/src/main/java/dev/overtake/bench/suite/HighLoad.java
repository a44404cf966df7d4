package dev.overtake.bench.suite;

import dev.overtake.bench.result.HighResult;

/**
 * How busy a latency-critical side shall keep its device, so that a test asks the same question
 * everywhere: about a quarter of the time.
 */
public final class HighLoad {
  /** It shall be busy for this share of the time at most … */
  private static final double MOST_BUSY = 0.28;

  /** … and for this share if it would otherwise be less than {@link #LEAST_BUSY}. */
  private static final double USUALLY_BUSY = 0.25;

  private static final double LEAST_BUSY = 0.20;

  /** A few more than a P99 needs, since a random phase may cost one request a round. */
  private static final double WANTED_SAMPLES = 1.02 * HighResult.SAMPLES_FOR_P99;

  private HighLoad() {}

  /** The rate at which so many seconds have the requests that a P99 needs. */
  public static double rateForP99(double seconds) {
    return WANTED_SAMPLES / seconds;
  }

  /** How long requests at this rate take to be as many. */
  public static double secondsForP99(double ratePerSecond) {
    return WANTED_SAMPLES / ratePerSecond;
  }

  /** Whether passes of this length leave the device mostly free at this rate. */
  public static boolean fits(double secondsPerPass, double ratePerSecond) {
    return secondsPerPass * ratePerSecond <= MOST_BUSY;
  }

  /** The rate at which a high side of such requests is busy 20 to 30 % of the time. */
  public static double rate(double secondsPerPass, double wantedPerSecond) {
    double busy = secondsPerPass * wantedPerSecond;
    return busy < LEAST_BUSY || busy > MOST_BUSY ? USUALLY_BUSY / secondsPerPass : wantedPerSecond;
  }
}
