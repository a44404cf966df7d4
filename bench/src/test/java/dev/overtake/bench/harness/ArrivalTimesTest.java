package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.bench.result.Arrivals;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArrivalTimesTest {
  private static final double SECONDS = 10;
  private static final long END = 10_000_000_000L;

  @ParameterizedTest
  @EnumSource
  void riseWithinTheTime(Arrivals arrivals) {
    for (long seed = 0; seed < 100; seed++) {
      long[] times = ArrivalTimes.draw(arrivals, 50, SECONDS, seed);
      assertThat(times).isSorted();
      assertThat(times[0]).isNotNegative();
      assertThat(times[times.length - 1]).isLessThan(END);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dependOnNothingButTheSeed(Arrivals arrivals) {
    assertThat(ArrivalTimes.draw(arrivals, 50, SECONDS, 7))
        .isEqualTo(ArrivalTimes.draw(arrivals, 50, SECONDS, 7))
        .isNotEqualTo(ArrivalTimes.draw(arrivals, 50, SECONDS, 8));
  }

  @Test
  void periodicOnesAreEvenlySpaced() {
    long[] times = ArrivalTimes.draw(Arrivals.PERIODIC, 50, SECONDS, 3);
    assertThat(times).hasSize(500);
    assertThat(LongStream.of(gaps(times)))
        .allSatisfy(gap -> assertThat(gap).isBetween(19_999_999L, 20_000_001L));
  }

  @Test
  void periodicOnesBeginAtARandomPhase() {
    long[] first =
        LongStream.range(0, 200)
            .map(seed -> ArrivalTimes.draw(Arrivals.PERIODIC, 50, 1, seed)[0])
            .toArray();
    assertThat(LongStream.of(first))
        .allSatisfy(phase -> assertThat(phase).isBetween(0L, 20_000_000L));
    assertThat(Arrays.stream(first).average().orElseThrow()).isCloseTo(10e6, within(2e6));
  }

  @Test
  void poissonOnesHaveExponentialGaps() {
    long[] gaps = gaps(ArrivalTimes.draw(Arrivals.POISSON, 1000, 20, 5));
    double mean = Arrays.stream(gaps).average().orElseThrow();
    double aboveMean = Arrays.stream(gaps).filter(gap -> gap > mean).count();
    assertThat(mean).isCloseTo(1e6, within(0.03e6));
    assertThat(aboveMean / gaps.length).isCloseTo(Math.exp(-1), within(0.02));
  }

  @Test
  void thereMayBeNone() {
    assertThat(ArrivalTimes.draw(Arrivals.POISSON, 1e-9, 1, 1)).isEmpty();
  }

  private static long[] gaps(long[] times) {
    return IntStream.range(1, times.length).mapToLong(i -> times[i] - times[i - 1]).toArray();
  }
}
