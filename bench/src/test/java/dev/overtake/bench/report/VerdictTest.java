package dev.overtake.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.LatencyOverTime;
import dev.overtake.bench.result.LowResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.SyntheticResults;
import dev.overtake.bench.result.Topology;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static Run run(Topology topology, String mode, double isolation, double harvest) {
    double p99 = 10 * isolation;
    var high = new HighResult(p99 / 2, p99, p99, p99, p99, 20, 2_000, 2_000, 0.2);
    var rounds = new ArrayList<RoundResult>();
    for (int i = 0; i < 3; i++) {
      double noisy = p99 * (0.95 + 0.05 * i);
      rounds.add(new RoundResult(i, p99 / 2, noisy, 600, harvest, isolation, harvest));
    }
    return new Run(
        "test5",
        "host",
        topology,
        mode,
        Run.NO_POLICY,
        null,
        null,
        null,
        null,
        high,
        new LowResult(harvest, harvest, 100),
        isolation,
        null,
        harvest,
        null,
        List.of(),
        rounds,
        List.of(),
        LatencyOverTime.EMPTY);
  }

  private static Verdict verdict(Run... runs) {
    Results base = SyntheticResults.empty();
    return Verdict.of(
        new Results(
            base.schemaVersion(),
            base.toolVersion(),
            base.commandLine(),
            base.startedAt(),
            base.finishedAt(),
            true,
            base.machine(),
            base.configuration(),
            List.of(runs)));
  }

  @Test
  void praisesAModeThatKeepsBothSides() {
    var verdict =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 10, 1),
            run(Topology.SHARED, "XQueue (1,1)", 1.2, 0.95),
            run(Topology.SHARED, "XQueue (4,2)", 3, 0.99));
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.GOOD);
    assertThat(verdict.headline())
        .isEqualTo(
            "Shared hardware queue: high P99 8.3x lower than baseline;"
                + " batch gets 95 % of the time left over");
    assertThat(verdict.details()).singleElement().asString().contains("XQueue (1,1)", "-5.0 %");
  }

  @Test
  void aTailBoughtWithTheBatchSideIsNotGood() {
    var verdict =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 10, 1),
            run(Topology.SHARED, "XQueue (1,1)", 1.2, 0.5));
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.MIXED);
  }

  @Test
  void saysWhenItGotWorse() {
    var verdict =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 2, 1), run(Topology.SHARED, "XQueue (1,1)", 4, 0.5));
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.BAD);
    assertThat(verdict.headline()).contains("2.0x higher than baseline", "50 %");
  }

  @Test
  void doesNotSellNoise() {
    var same =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 2, 1),
            run(Topology.SHARED, "XQueue (1,1)", 1.98, 1));
    assertThat(same.tone()).isEqualTo(Verdict.Tone.BAD);
    assertThat(same.headline()).contains("no different from baseline");
    var withinNoise =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 1.5, 1),
            run(Topology.SHARED, "XQueue (1,1)", 1.44, 1));
    assertThat(withinNoise.tone()).isEqualTo(Verdict.Tone.MIXED);
    assertThat(withinNoise.details().getFirst()).contains("noise may explain");
  }

  @Test
  void topologiesThatDisagreeAreMixed() {
    var verdict =
        verdict(
            run(Topology.SHARED, Run.BASELINE, 10, 1),
            run(Topology.SHARED, "XQueue (1,1)", 1.2, 0.95),
            run(Topology.SEPARATE, Run.BASELINE, 1.2, 0.95),
            run(Topology.SEPARATE, "XQueue (1,1)", 2, 0.95));
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.MIXED);
    assertThat(verdict.details()).hasSize(2);
  }

  @Test
  void withoutABaselineThereIsNoVerdict() {
    assertThat(verdict(run(Topology.SHARED, "XQueue (1,1)", 1.2, 0.95)).tone())
        .isEqualTo(Verdict.Tone.OPEN);
  }
}
