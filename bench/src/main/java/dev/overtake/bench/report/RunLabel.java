package dev.overtake.bench.report;

import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;

/** What a run is called where there is no row to say it. */
final class RunLabel {
  private RunLabel() {}

  /** For example {@code XQueue (4,2), shared}. */
  static String of(Run run) {
    return run.topology() == Topology.NONE
        ? run.mode()
        : run.mode() + ", " + run.topology().label();
  }

  /** What a topology is, as a heading. */
  static String topology(Topology topology) {
    return switch (topology) {
      case SHARED -> "Shared hardware queue";
      case SEPARATE -> "Separate hardware queues";
      case THREADS -> "Threads of one process";
      case PROCESSES -> "Two processes";
      case NONE -> "Alone";
    };
  }
}
