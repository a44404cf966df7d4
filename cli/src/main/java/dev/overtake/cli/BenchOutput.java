package dev.overtake.cli;

import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.RecordedRequest;
import dev.overtake.bench.report.HtmlReport;
import dev.overtake.bench.report.ResultTable;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.Suite;
import dev.overtake.sim.trace.TraceWriter;
import dev.overtake.sim.trace.TracedRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * What {@code overtake bench} shows and writes: what it does and how far it is on standard error,
 * the result on standard output, and the two files.
 */
final class BenchOutput implements AutoCloseable {
  private static final DateTimeFormatter FOLDER_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private final PrintWriter out;
  private final PrintWriter err;
  private final Path folder;
  private final boolean json;
  private final TerminalProgress progress;

  private BenchOutput(PrintWriter out, PrintWriter err, Path folder, boolean json) {
    this.out = out;
    this.err = err;
    this.folder = folder;
    this.json = json;
    progress = new TerminalProgress(err, TerminalWidth.ofBar());
  }

  /**
   * Checks that the files can be written, so that it fails before anything is measured if it has
   * to. The folder itself is made only when there is something to write.
   *
   * @param folder null for one that is named by test and time, below the current folder
   * @param json whether standard output gets the JSON instead of the table
   */
  static BenchOutput open(CommandLine command, Suite suite, @Nullable Path folder, boolean json)
      throws IOException {
    Path target =
        folder != null
            ? folder
            : Path.of(
                "overtake-results",
                suite.label()
                    + "-"
                    + FOLDER_TIME.format(LocalDateTime.now(ZoneId.systemDefault())));
    WriteProbe.requireFolder(new WrongUse(command), "--out", target);
    return new BenchOutput(command.getOut(), command.getErr(), target, json);
  }

  void preparing(Suite suite) {
    say("%s: %s; loading models …".formatted(suite.label(), suite.title()));
  }

  void prepared(Bench bench) {
    Configuration configuration = bench.configuration();
    HighWorkload high = configuration.high();
    if (high != null) {
      say(
          "high: %s, input %s%s, %.1f requests/s"
              .formatted(
                  high.model(),
                  shape(high.inputShape()),
                  commands(high.segments()),
                  high.ratePerSecond()));
    }
    LowWorkload low = configuration.low();
    if (low != null) {
      say(
          "low:  %s, input %s%s, %d ahead, %s"
              .formatted(
                  low.model(),
                  shape(low.inputShape()),
                  commands(low.segments()),
                  low.passesInFlight(),
                  low.clients() == 1 ? "1 client" : low.clients() + " clients"));
    }
    say(
        "measuring for %.0f s; Ctrl-C ends it and keeps what was measured"
            .formatted(bench.totalSeconds()));
  }

  Progress progress() {
    return progress;
  }

  /** Shows the result, then writes the files: a full disk does not lose it. */
  void finished(Results results) throws IOException {
    progress.close();
    String asJson = ResultsJson.toJson(results);
    out.print(json ? asJson : ResultTable.render(results, TerminalWidth.ofTable()));
    out.flush();
    say("");
    new ResultFiles(folder).write(asJson, HtmlReport.render(results), err);
  }

  /** Writes what was recorded as a trace. */
  void trace(Path file, Bench.Outcome outcome) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    String origin = String.join(" ", outcome.results().commandLine());
    try (TraceWriter writer = TraceWriter.create(file, origin)) {
      for (RecordedRequest each : outcome.recorded()) {
        writer.write(new TracedRequest(each.side(), each.dueNanos(), each.commandNanos()));
      }
    }
    say("trace:   " + file);
  }

  @Override
  public void close() {
    progress.close();
  }

  private void say(String line) {
    err.println(line);
    err.flush();
  }

  private static String commands(int segments) {
    return segments == 0 ? "" : ", " + segments + " commands a pass";
  }

  private static String shape(List<Long> dimensions) {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
