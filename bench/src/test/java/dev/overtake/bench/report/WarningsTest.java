package dev.overtake.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.LatencyOverTime;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.SyntheticResults;
import dev.overtake.bench.result.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private static Results with(List<String> noted, HighResult high) {
    Results base = SyntheticResults.empty();
    Run run =
        new Run(
            "test5",
            "host",
            Topology.SHARED,
            Run.BASELINE,
            Run.NO_POLICY,
            null,
            null,
            null,
            null,
            high,
            null,
            null,
            null,
            null,
            null,
            noted,
            List.of(),
            List.of(),
            LatencyOverTime.EMPTY);
    return new Results(
        1,
        "",
        List.of(),
        base.startedAt(),
        base.finishedAt(),
        true,
        base.machine(),
        base.configuration(),
        List.of(run, run));
  }

  @Test
  void fewSamplesAndABacklogAreNoticed() {
    var high = new HighResult(1, 1, 1, 1, 1, 1, 100, 200, 1);
    assertThat(Warnings.of(with(List.of(), high)))
        .hasSize(2)
        .allSatisfy((text, runs) -> assertThat(runs).containsExactly("baseline, shared"))
        .containsKey(high.p99Warning());
  }

  @Test
  void whatTheHarnessSaidIsNotSaidTwice() {
    var high = new HighResult(1, 1, 1, 1, 1, 1, 100, 100, 1);
    assertThat(Warnings.of(with(List.of(high.p99Warning()), high))).hasSize(1);
  }

  @Test
  void nothingToWarnOf() {
    assertThat(Warnings.of(SyntheticResults.helpful())).isEmpty();
  }
}
