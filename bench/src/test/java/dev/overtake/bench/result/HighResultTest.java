package dev.overtake.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class HighResultTest {
  private static Histogram millisFrom1To(int requests) {
    var histogram = new Histogram(3);
    for (int ms = 1; ms <= requests; ms++) {
      histogram.recordValue(ms * 1_000_000L);
    }
    return histogram;
  }

  @Test
  void summarizesAHistogram() {
    var high = HighResult.of(millisFrom1To(1_000), 50, 850, 100, 0.3);
    assertThat(high.p50Ms()).isCloseTo(500, Percentage.withPercentage(0.1));
    assertThat(high.p99Ms()).isCloseTo(990, Percentage.withPercentage(0.1));
    assertThat(high.throughputPerSecond()).isEqualTo(17);
    assertThat(high.offered()).isEqualTo(1_000);
    assertThat(high.samples()).isEqualTo(900);
    assertThat(high.p99Warning()).contains("900");
  }

  @Test
  void fewSamplesAreWarnedOf() {
    assertThat(HighResult.of(millisFrom1To(999), 50, 999, 0, 0.3).p99Warning()).contains("999");
  }

  @Test
  void noRequestNoResult() {
    assertThat(HighResult.of(new Histogram(3), 50, 0, 0, 0)).isNull();
    assertThat(LatencyPoint.distributionOf(new Histogram(3))).isEmpty();
  }

  @Test
  void distributionReachesAsFarAsTheSamplesResolve() {
    var points = LatencyPoint.distributionOf(millisFrom1To(1_000));
    assertThat(points.getFirst().percentile()).isEqualTo(0);
    assertThat(points.getLast().percentile()).isCloseTo(99.9, within(1e-9));
    assertThat(points.getLast().ms()).isCloseTo(1_000, Percentage.withPercentage(0.1));
    assertThat(points).extracting(LatencyPoint::ms).isSorted();
    assertThat(points).extracting(LatencyPoint::percentile).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void notANumberIsRefused() {
    assertThatThrownBy(() -> new LowResult(Double.NaN, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("iterationsPerSecond must be finite and not negative, is NaN");
  }
}
