package dev.overtake.bench.preemption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.LatencyPoint;
import dev.overtake.bench.result.Machine;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the terminal and the page show of known figures. */
class PreemptionReportTest {
  private static PreemptionResults results(double l2P99Micros) {
    return new PreemptionResults(
        PreemptionResults.SCHEMA_VERSION,
        "1.0",
        List.of("overtake", "bench", "preemption"),
        Instant.parse("2026-11-26T10:00:00Z"),
        Instant.parse("2026-11-26T10:02:00Z"),
        true,
        new Machine("a CPU", 8, 1 << 30, "Linux", "a JVM", "A GPU <1>", 0, null),
        "cuda:0",
        500.0,
        List.of(latency(PreemptionLevel.L1, 4000), latency(PreemptionLevel.L2, l2P99Micros)),
        List.of(overhead(10, 0.034), overhead(1000, -0.001)),
        PaperFigure.forCommands(500),
        List.of("beware <of> this"));
  }

  private static PreemptionResults.Latency latency(PreemptionLevel level, double p99Micros) {
    return new PreemptionResults.Latency(
        level,
        8,
        4,
        1000,
        p99Micros / 2,
        p99Micros * 0.9,
        p99Micros,
        p99Micros * 1.1,
        p99Micros / 500,
        0,
        List.of(new LatencyPoint(0, 0.1), new LatencyPoint(99, p99Micros / 1000)));
  }

  private static PreemptionResults.Overhead overhead(int commandMicros, double overhead) {
    return new PreemptionResults.Overhead(
        PreemptionLevel.L1, 8, 4, commandMicros, 9, 10, 10, overhead, overhead - 0.01, 0.05);
  }

  @Test
  void theTerminalShowsBothTablesThePapersFiguresAndWhatTheyComeTo() {
    assertThat(PreemptionTable.render(results(515), 160))
        .isEqualTo(
            """
            Preemption latency, commands of 500.0 us
                               .................. latency, us                 .... paper, us
            queue     samples     P50     P95     P99     max  P99, commands     P50     P99
            --------------------------------------------------------------------------------
            L1 (8,4)     1000  2000.0  3600.0  4000.0  4400.0           8.00  4705.6  5280.1
            L2 (8,4)     1000   257.5   463.5   515.0   566.5           1.03   434.7   674.2

            Runtime overhead by length of commands: their time against launched bare, median of rounds
            queue      10 us  1000 us
            -------------------------
            L1 (8,4)  +3.4 %   -0.1 %

            L1 (8,4): the device is free 4000 us after a suspension (P99), which is 8.00 commands of the 8 in flight.
            L1 (8,4): commands of 10 to 1000 us take -0.1 % to +3.4 % longer than launched bare.
            L2 (8,4): the device is free 515 us after a suspension (P99), which is 1.03 commands, or one command and 15 us (reached: at most 20 us were the aim).
            Paper: XSched (OSDI'25), Fig. 11 b, on a Quadro GV100: github.com/XpuOS/xsched-artifacts, commit 940f04e, results/fig9/raw/level1.dat and level2.dat.
            Warning: beware <of> this
            """);
  }

  @Test
  void anAimThatIsMissedIsTold() {
    assertThat(PreemptionTable.render(results(530), 160))
        .contains("or one command and 30 us (missed: at most 20 us were the aim)");
    assertThat(PreemptionTable.render(results(480), 160))
        .contains("or one command less 20 us (reached:");
  }

  @Test
  void thePageHasTheSameAndIsSafe() {
    String page = PreemptionReport.render(results(515));

    assertThat(page)
        .contains("A GPU &lt;1&gt;, 2026-11-26")
        .contains("beware &lt;of&gt; this")
        .contains("<td class=\"n\">4705.6</td>")
        .contains("<td class=\"n\" style=\"--share:13.6%\">+3.4\u202f%<small>")
        .contains("xsched-artifacts")
        .contains("id=\"distribution\"")
        .doesNotContain("{{");
  }

  @Test
  void whatWasNotMeasuredIsSaid() {
    PreemptionResults all = results(515);
    var nothing =
        new PreemptionResults(
            all.schemaVersion(),
            all.toolVersion(),
            all.commandLine(),
            all.startedAt(),
            all.finishedAt(),
            false,
            all.machine(),
            all.device(),
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of());

    assertThat(PreemptionTable.render(nothing, 80)).isEmpty();
    assertThat(PreemptionReport.render(nothing)).contains("Was not measured.", "stopped early");
  }
}
