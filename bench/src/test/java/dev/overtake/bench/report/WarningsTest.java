package dev.overtake.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.LatencyOverTime;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.SyntheticResults;
import dev.overtake.bench.result.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private static Results with(List<String> noted) {
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
            null,
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
  void whatTheHarnessNotedIsSaidOnceOfAllRunsThatItIsAbout() {
    assertThat(Warnings.of(with(List.of("few requests", "late"))))
        .hasSize(2)
        .allSatisfy((text, runs) -> assertThat(runs).containsExactly("baseline, shared"))
        .containsKeys("few requests", "late");
  }

  @Test
  void nothingToWarnOf() {
    assertThat(Warnings.of(SyntheticResults.helpful())).isEmpty();
  }
}
