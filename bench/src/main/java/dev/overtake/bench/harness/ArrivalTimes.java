package dev.overtake.bench.harness;

import dev.overtake.bench.result.Arrivals;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** When the requests of an open-loop client are due. */
final class ArrivalTimes {
  private static final double NANOS_PER_SECOND = 1e9;

  private ArrivalTimes() {}

  /**
   * Draws the due times of one trial. The same seed gives the same times, so that every mode of a
   * round meets the same requests.
   *
   * @param ratePerSecond on average; above 0
   * @param seconds how long requests arrive
   * @return nanoseconds from the beginning, rising
   */
  static long[] draw(Arrivals arrivals, double ratePerSecond, double seconds, long seed) {
    var random = new SplittableRandom(seed);
    double meanGap = NANOS_PER_SECOND / ratePerSecond;
    double end = seconds * NANOS_PER_SECOND;
    var times = new long[16];
    int count = 0;
    // A random phase keeps periodic requests from meeting a periodic batch loop in step.
    double due =
        arrivals == Arrivals.PERIODIC ? random.nextDouble() * meanGap : gap(random, meanGap);
    while (due < end) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = (long) due;
      due += arrivals == Arrivals.PERIODIC ? meanGap : gap(random, meanGap);
    }
    return Arrays.copyOf(times, count);
  }

  /**
   * The same, with other requests before them that warm up.
   *
   * @return those have times below 0
   */
  static long[] drawWithWarmUp(
      Arrivals arrivals, double ratePerSecond, double warmUpSeconds, double seconds, long seed) {
    long warmUpNanos = (long) (warmUpSeconds * NANOS_PER_SECOND);
    return LongStream.concat(
            LongStream.of(draw(arrivals, ratePerSecond, warmUpSeconds, ~seed))
                .map(time -> time - warmUpNanos),
            LongStream.of(draw(arrivals, ratePerSecond, seconds, seed)))
        .toArray();
  }

  private static double gap(SplittableRandom random, double mean) {
    return -mean * Math.log1p(-random.nextDouble());
  }
}
