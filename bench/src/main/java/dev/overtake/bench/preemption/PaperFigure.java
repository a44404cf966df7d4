package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.List;

/**
 * A preemption latency that XSched's authors measured (OSDI'25, Fig. 11 b), on a Quadro GV100 with
 * threshold 8 and batch 4: from the raw data of the paper's artifact. Its level 2 flushes commands
 * that wait in the hardware, which takes patched kernels. How much throughput XSched costs the
 * artifact does not tell.
 *
 * @param commandMicros how long a command takes
 */
public record PaperFigure(
    PreemptionLevel level,
    int threshold,
    int batch,
    int commandMicros,
    double p50Micros,
    double p99Micros) {
  /** Where the figures are from. */
  public static final String SOURCE =
      "XSched (OSDI'25), Fig. 11 b, on a Quadro GV100: github.com/XpuOS/xsched-artifacts, commit"
          + " 940f04e, results/fig9/raw/level1.dat and level2.dat";

  private static final List<PaperFigure> ALL =
      List.of(
          of(PreemptionLevel.L1, 100, 795.906, 1053.165),
          of(PreemptionLevel.L1, 500, 4705.591, 5280.099),
          of(PreemptionLevel.L1, 1000, 10043.643, 10582.010),
          of(PreemptionLevel.L1, 2000, 20670.066, 21159.888),
          of(PreemptionLevel.L2, 100, 89.105, 148.298),
          of(PreemptionLevel.L2, 500, 434.685, 674.203),
          of(PreemptionLevel.L2, 1000, 891.241, 1276.777),
          of(PreemptionLevel.L2, 2000, 2214.840, 2575.308));

  private static PaperFigure of(
      PreemptionLevel level, int commandMicros, double p50Micros, double p99Micros) {
    return new PaperFigure(level, 8, 4, commandMicros, p50Micros, p99Micros);
  }

  /** Those for commands of this length; none, if the paper's authors used others. */
  static List<PaperFigure> forCommands(int micros) {
    return ALL.stream().filter(figure -> figure.commandMicros == micros).toList();
  }

  /** Whether this was measured in the same way. */
  boolean isOf(PreemptionResults.Latency latency) {
    return level == latency.level() && threshold == latency.threshold() && batch == latency.batch();
  }
}
