package dev.overtake.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatiosTest {
  @Test
  void isolationIsTheTailAgainstTheTailAlone() {
    assertThat(Ratios.isolation(30, 20)).isEqualTo(1.5);
    assertThat(Ratios.isolation(30, 0)).isNull();
  }

  @Test
  void harvestIsTheRateAgainstWhatTheHighSideLeaves() {
    assertThat(Ratios.harvest(7.2, 10, 0.2)).isCloseTo(0.9, within(1e-12));
    assertThat(Ratios.harvest(10, 10, 0.2)).isCloseTo(1.25, within(1e-12));
    assertThat(Ratios.harvest(10, 10, 1)).isNull();
    assertThat(Ratios.harvest(10, 0, 0.2)).isNull();
  }

  @Test
  void changeIsAShareOfTheBase() {
    assertThat(Ratios.change(70.3, 100)).isCloseTo(-0.297, within(1e-12));
    assertThat(Ratios.change(1, 0)).isNull();
    assertThat(Ratios.change(Double.NaN, 1)).isNull();
  }

  @Test
  void baselineIsThatOfTheSameTopology() {
    var results = SyntheticResults.helpful();
    for (Run run : results.runs()) {
      var change = BaselineChange.of(run, results);
      boolean comparable = run.topology() != Topology.NONE && !run.mode().equals(Run.BASELINE);
      assertThat(change.isPresent()).isEqualTo(comparable);
      if (comparable) {
        var baseline = BaselineChange.baselineOf(run, results).orElseThrow();
        assertThat(baseline.topology()).isEqualTo(run.topology());
        assertThat(change.orElseThrow().p99())
            .isEqualTo(run.high().p99Ms() / baseline.high().p99Ms() - 1);
      }
    }
  }

  @Test
  void spreadLeavesOutRoundsWithoutTheValue() {
    var run = SyntheticResults.helpful().runs().get(2);
    var spread = Spread.of(run, round -> round.round() == 1 ? null : (double) round.round());
    assertThat(spread).contains(new Spread(2.5, 0, 4, 4));
    assertThat(Spread.of(run, round -> null)).isEmpty();
  }
}
