package dev.overtake.bench.preemption;

import dev.overtake.bench.page.JsonFormat;
import dev.overtake.bench.result.LatencyPoint;
import dev.overtake.bench.result.Machine;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured, as it is written to {@code results.json}.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param commandLine as typed
 * @param complete false if it was stopped early: then it has what was measured until then
 * @param device as typed
 * @param latencyMicros what a command of the latency measurements takes; null without any
 * @param runs the preemption latencies
 * @param overhead the throughputs
 * @param paper what XSched's authors measured on their GPU
 * @param warnings what a reader must know before trusting the figures
 */
public record PreemptionResults(
    int schemaVersion,
    String toolVersion,
    List<String> commandLine,
    Instant startedAt,
    Instant finishedAt,
    boolean complete,
    Machine machine,
    String device,
    @Nullable Double latencyMicros,
    List<Latency> runs,
    List<Overhead> overhead,
    List<PaperFigure> paper,
    List<String> warnings) {
  /** Rises when a field changes its meaning or goes. */
  public static final int SCHEMA_VERSION = 1;

  /**
   * How long preemptions took.
   *
   * @param commands P99 in commands' lengths
   * @param broken samples after which a command of the suspended queue ran all the same
   */
  public record Latency(
      PreemptionLevel level,
      int threshold,
      int batch,
      long samples,
      double p50Micros,
      double p95Micros,
      double p99Micros,
      double maxMicros,
      double commands,
      int broken,
      List<LatencyPoint> latencyDistribution) {
    /** Such as {@code L1 (8,4)}. */
    public String label() {
      return "%s (%d,%d)".formatted(level, threshold, batch);
    }
  }

  /**
   * How much longer commands take through an XQueue than launched bare.
   *
   * @param commandMicros what one was to take
   * @param bareMicros what one took launched bare, the median of the rounds
   * @param micros what one took through the XQueue, likewise
   * @param overhead how much more, as a share: the median of the rounds, each against its own bare
   * @param least of the rounds
   * @param most of the rounds
   */
  public record Overhead(
      PreemptionLevel level,
      int threshold,
      int batch,
      int commandMicros,
      int rounds,
      double bareMicros,
      double micros,
      double overhead,
      double least,
      double most) {}

  public PreemptionResults {
    commandLine = List.copyOf(commandLine);
    runs = List.copyOf(runs);
    overhead = List.copyOf(overhead);
    paper = List.copyOf(paper);
    warnings = List.copyOf(warnings);
  }

  /** As pretty-printed JSON, with a line feed at the end. */
  public String toJson() {
    return JsonFormat.builder().build().writeValueAsString(this) + "\n";
  }
}
