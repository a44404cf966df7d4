package dev.overtake.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyOverTimeTest {
  @ParameterizedTest
  @ValueSource(ints = {2_001, 2_999, 50_000})
  void thinningKeepsTheSlowestOfEveryStretch(int requests) {
    var random = new Random(requests);
    double[] seconds = IntStream.range(0, requests).mapToDouble(i -> i * 0.1).toArray();
    double[] ms = random.doubles(requests, 1, 2).toArray();
    int[] spikes = random.ints(20, 0, requests).distinct().toArray();
    for (int spike : spikes) {
      ms[spike] = 100 + spike;
    }
    var thinned = LatencyOverTime.thinned(seconds, ms);
    assertThat(thinned.ms()).hasSizeLessThanOrEqualTo(LatencyOverTime.MAX_POINTS);
    assertThat(thinned.seconds()).isSorted().doesNotHaveDuplicates();
    int slowest = Arrays.stream(spikes).max().orElseThrow();
    assertThat(thinned.ms()).contains(100.0 + slowest);
    int at = thinned.ms().indexOf(100.0 + slowest);
    assertThat(thinned.seconds().get(at)).isEqualTo(seconds[slowest]);
  }

  @Test
  void fewRequestsAreKeptAsTheyAre() {
    var kept = LatencyOverTime.thinned(new double[] {1, 2, 3}, new double[] {9, 7, 8});
    assertThat(kept.ms()).containsExactly(9.0, 7.0, 8.0);
    assertThat(LatencyOverTime.thinned(new double[0], new double[0]))
        .isEqualTo(LatencyOverTime.EMPTY);
  }

  @Test
  void listsMustPairUp() {
    assertThatThrownBy(() -> LatencyOverTime.thinned(new double[1], new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 2");
  }
}
