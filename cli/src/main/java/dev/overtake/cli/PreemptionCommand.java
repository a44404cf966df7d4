package dev.overtake.cli;

import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.preemption.PreemptionBench;
import dev.overtake.bench.preemption.PreemptionReport;
import dev.overtake.bench.preemption.PreemptionRequest;
import dev.overtake.bench.preemption.PreemptionResults;
import dev.overtake.bench.preemption.PreemptionTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code overtake bench preemption}: how fast queues give the device back, and what they cost. */
@Command(
    name = "preemption",
    description = {
      "Measures how long a queue that is suspended keeps the device, and how much throughput queues"
          + " cost, by level, threshold and length of commands.",
      "Ends with a table and, with --out, results.json and report.html. Ctrl-C ends it early and"
          + " keeps what was measured."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class PreemptionCommand implements Callable<Integer> {
  private static final int MOST_IN_FLIGHT = 1000;
  private static final int LONGEST_MICROS = 100_000;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "host",
      description =
          "What to run on: host, this machine's CPU, or cuda:N. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets every option that has a default
  private String device;

  @Option(
      names = "--thresholds",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,4,8,16",
      description = "Commands in flight. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private List<Integer> thresholds;

  @Option(
      names = "--command",
      paramLabel = "TIME",
      defaultValue = "500us",
      converter = TimeConverters.MicrosConverter.class,
      description = "Length of the commands that are preempted. Default: ${DEFAULT-VALUE}.")
  private int latencyMicros;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Suspensions of each level and threshold; 0 leaves them out. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--commands",
      paramLabel = "TIME",
      split = ",",
      defaultValue = "10us,30us,100us,300us,1000us",
      converter = TimeConverters.MicrosConverter.class,
      description =
          "Lengths of the commands whose throughput is measured. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private List<Integer> overheadMicros;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "9",
      description =
          "How often each throughput is measured; 0 for never. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "TIME",
      defaultValue = "100ms",
      converter = BenchConverters.SecondsConverter.class,
      description = "How long one such measurement takes. Default: ${DEFAULT-VALUE}.")
  private double secondsPerTrial;

  @Option(
      names = {"--out", "--report"},
      paramLabel = "DIR",
      description = "Where results.json and report.html go. Default: nowhere.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print the results as JSON, not the table.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    var use = new WrongUse(spec.commandLine());
    PreemptionRequest request = request(use);
    if (out != null) {
      WriteProbe.requireFolder(use, "--out", out);
    }
    try (var stop = new InterruptByUser();
        PreemptionBench bench = PreemptionBench.prepare(request)) {
      PreemptionBench.Outcome outcome = measured(bench, stop.keep());
      PreemptionResults results = outcome.results();
      if (outcome.failure() == null || !results.runs().isEmpty() || !results.overhead().isEmpty()) {
        show(results);
      }
      if (outcome.failure() != null) {
        throw outcome.failure();
      }
      return stop.status();
    }
  }

  private PreemptionBench.Outcome measured(PreemptionBench bench, StopSignal stop)
      throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    err.printf("measuring for about %.0f s%n", bench.totalSeconds());
    err.flush();
    try (var progress = new TerminalProgress(err, TerminalWidth.ofBar())) {
      return bench.run(
          OvertakeCommand.typed(spec), Version.number(), Clock.systemUTC(), stop, progress);
    }
  }

  private PreemptionRequest request(WrongUse use) {
    use.require(
        device.matches("host|cuda:\\d{1,3}"),
        "device '%s' is not there: give host, or cuda:0 for the first GPU",
        device);
    thresholds.forEach(
        threshold ->
            use.require(
                threshold >= 1 && threshold <= MOST_IN_FLIGHT,
                "--thresholds has %d: give 1 to %d",
                threshold,
                MOST_IN_FLIGHT));
    use.require(
        thresholds.stream().distinct().count() == thresholds.size(),
        "--thresholds names one twice: give each once");
    Stream.concat(Stream.of(latencyMicros), overheadMicros.stream())
        .forEach(
            micros ->
                use.require(
                    micros >= 1 && micros <= LONGEST_MICROS,
                    "a command of %d us cannot be measured: give 1us to %dms",
                    micros,
                    LONGEST_MICROS / 1000));
    use.require(
        samples >= 0 && rounds >= 0 && samples + rounds > 0,
        "--samples is %d and --rounds is %d: give one of them above 0, the other 0 or more",
        samples,
        rounds);
    return new PreemptionRequest(
        device, thresholds, latencyMicros, samples, overheadMicros, rounds, secondsPerTrial);
  }

  /** Shows the result, then writes the files: a full disk does not lose it. */
  private void show(PreemptionResults results) throws IOException {
    String asJson = results.toJson();
    PrintWriter output = spec.commandLine().getOut();
    output.print(json ? asJson : PreemptionTable.render(results, TerminalWidth.ofTable()));
    output.flush();
    if (out != null) {
      new ResultFiles(out)
          .write(asJson, PreemptionReport.render(results), spec.commandLine().getErr());
    }
  }
}
