package dev.overtake.bench.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.RecordedRequest;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.testing.CompiledModel;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the simulated driver, with a stand-in for compiled models: what is run, never how fast. */
class ModelBenchTest {
  private static final List<Mode> MODES =
      List.of(
          Mode.baseline(),
          Mode.queues(4, 2, PreemptionLevel.L1),
          Mode.queues(1, 1, PreemptionLevel.L1),
          Mode.queues(16, 8, PreemptionLevel.L2));

  @TempDir Path models;
  private Path high;
  private Path low;

  @BeforeEach
  void export() throws IOException {
    high = CompiledModel.write(models.resolve("high"), 1, 1);
    low = CompiledModel.write(models.resolve("low"), 16, 5);
  }

  private ModelRequest request(String device) {
    return request(device, false);
  }

  private ModelRequest request(String device, boolean traced) {
    return request(device, MODES, traced);
  }

  private ModelRequest request(String device, List<Mode> modes, boolean traced) {
    return new ModelRequest(
        "seed",
        device,
        EnumSet.of(Topology.SHARED, Topology.SEPARATE),
        modes,
        1,
        0.5,
        high,
        20,
        Arrivals.PERIODIC,
        low,
        2,
        1,
        traced);
  }

  @Test
  void bothModelsRunInEveryModeAndTopologyThatThereIs() throws InterruptedException {
    try (Bench bench = ModelBench.prepare(request("cuda:0"), ShimQueues.NONE)) {
      Bench.Outcome outcome = run(bench);
      for (int again = 0; again < 3 && lowSideStoodStill(outcome); again++) {
        outcome = run(bench);
      }

      assertThat(outcome.failure()).isNull();
      assertThat(outcome.results().complete()).isTrue();
      Configuration configuration = outcome.results().configuration();
      assertThat(configuration.runner()).isEqualTo("jvm");
      assertThat(configuration.high().model())
          .isEqualTo("high, AOTInductor of PyTorch 2.11.0, within 0.0e+00 of its outputs");
      assertThat(configuration.high().segments()).isEqualTo(1);
      assertThat(configuration.low().segments()).isEqualTo(5);
      assertThat(configuration.low().batch()).isEqualTo(16);
      List<Run> runs = outcome.results().runs();
      assertThat(runs)
          .extracting(run -> run.topology().label() + ": " + run.mode())
          .containsExactlyInAnyOrder(
              "none: standalone-high",
              "none: standalone-low",
              "separate: baseline",
              "separate: XQueue (4,2)",
              "separate: XQueue (1,1)",
              "separate: XQueue (16,8) L2",
              "shared: baseline",
              "shared: XQueue (4,2)",
              "shared: XQueue (1,1)");
      assertThat(runs)
          .filteredOn(run -> run.high() != null)
          .allSatisfy(run -> assertThat(run.high().samples()).isEqualTo(10));
      assertThat(runs)
          .filteredOn(run -> run.low() != null)
          .allSatisfy(run -> assertThat(run.low().iterationsPerSecond()).isPositive());
    }
  }

  private static Bench.Outcome run(Bench bench) throws InterruptedException {
    return bench.run(List.of(), "test", Clock.systemUTC(), new StopSignal(), Progress.NONE);
  }

  /** For as long as it was measured in one of the modes, as it may on a busy machine. */
  private static boolean lowSideStoodStill(Bench.Outcome outcome) {
    return outcome.results().runs().stream()
        .anyMatch(run -> run.low() != null && run.low().iterationsPerSecond() == 0);
  }

  @Test
  void underTheShimItsQueuesAreBoundedAsTheModeSays() throws InterruptedException {
    List<Mode> modes = List.of(Mode.Shim.DEFAULT, Mode.parse("overtake:2:1"));
    var trial = new AtomicReference<String>();
    var bounds = new HashMap<String, Mode>();
    ShimQueues shim = mode -> bounds.put(trial.get(), mode);
    Progress progress =
        new Progress() {
          @Override
          public void begin(double totalSeconds) {}

          @Override
          public void at(double seconds, String doing) {
            trial.set(doing.replace("round 1/1: ", ""));
          }
        };
    try (Bench bench = ModelBench.prepare(request("cuda:0", modes, false), shim)) {
      Bench.Outcome outcome =
          bench.run(List.of(), "test", Clock.systemUTC(), new StopSignal(), progress);

      assertThat(outcome.failure()).isNull();
      assertThat(bounds)
          .containsOnly(
              entry("high alone", Mode.Shim.DEFAULT),
              entry("low alone", Mode.Shim.DEFAULT),
              entry("shared, overtake", Mode.Shim.DEFAULT),
              entry("separate, overtake", Mode.Shim.DEFAULT),
              entry("shared, overtake (2,1)", modes.get(1)),
              entry("separate, overtake (2,1)", modes.get(1)));
      assertThat(outcome.results().runs())
          .filteredOn(run -> run.topology() != Topology.NONE)
          .extracting(Run::mode, Run::inFlightMicros, Run::launchConfig)
          .containsOnly(
              tuple("overtake", 300, null), tuple("overtake (2,1)", null, new LaunchConfig(2, 1)));
    }
  }

  @Test
  void commandsOfEachSideAreTimedWhereNothingIsScheduled() throws InterruptedException {
    try (Bench bench = ModelBench.prepare(request("cuda:0", true), ShimQueues.NONE)) {
      Bench.Outcome outcome = run(bench);

      assertThat(outcome.failure()).isNull();
      Map<String, List<RecordedRequest>> sides =
          outcome.recorded().stream().collect(Collectors.groupingBy(RecordedRequest::side));
      assertThat(sides)
          .containsOnlyKeys(
              "high", "low", "high-shared", "low-shared", "high-separate", "low-separate");
      sides.forEach(
          (side, requests) ->
              assertThat(requests)
                  .allSatisfy(
                      each ->
                          assertThat(each.commandNanos())
                              .hasSize(side.startsWith("high") ? 1 : 5)
                              .allSatisfy(nanos -> assertThat(nanos).isPositive())));
      assertThat(sides.get("high")).hasSize(10);
      assertThat(sides.get("high-shared")).hasSize(10);
    }
  }

  @Test
  void aModelThatComputesSomethingElseThanPyTorchIsNotMeasured() throws IOException {
    low = CompiledModel.write(models.resolve("wrong"), 16, 5, 7);

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> ModelBench.prepare(request("cuda:0"), ShimQueues.NONE))
        .withMessageContaining(
            "wrong does not compute what PyTorch computed: output 0 differs by 2.00 at most, and"
                + " PyTorch's are up to 7.00");
  }

  @Test
  void whatIsMissingIsTold() throws IOException {
    Files.delete(low.resolve("output-0.bin"));
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> ModelBench.prepare(request("cuda:0"), ShimQueues.NONE))
        .withMessageContaining("output-0.bin cannot be read: export the model anew");

    low = models.resolve("nowhere");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> ModelBench.prepare(request("cuda:0"), ShimQueues.NONE))
        .withMessageStartingWith("the test cannot be run on cuda:0: ")
        .withMessageContaining("examples/models/export.py makes one");
  }
}
