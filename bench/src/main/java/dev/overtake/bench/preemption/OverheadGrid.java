package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The overheads as a table: a row a level and threshold, a column a length of commands. */
record OverheadGrid(List<PreemptionResults.Overhead> all) {
  /** A level and launch config. */
  record Row(PreemptionLevel level, int threshold, int batch) {
    private static Row of(PreemptionResults.Overhead overhead) {
      return new Row(overhead.level(), overhead.threshold(), overhead.batch());
    }

    String label() {
      return "%s (%d,%d)".formatted(level, threshold, batch);
    }
  }

  List<Row> rows() {
    return all.stream()
        .map(Row::of)
        .distinct()
        .sorted(Comparator.comparing(Row::level).thenComparingInt(Row::threshold))
        .toList();
  }

  /** Lengths of commands, microseconds, rising. */
  List<Integer> lengths() {
    return all.stream().map(PreemptionResults.Overhead::commandMicros).distinct().sorted().toList();
  }

  Optional<PreemptionResults.Overhead> cell(Row row, int length) {
    return all.stream()
        .filter(each -> Row.of(each).equals(row) && each.commandMicros() == length)
        .findFirst();
  }
}
