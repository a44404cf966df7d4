package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code overtake bench --device cuda:0} with the real workers' program in real processes, on a
 * stand-in for PyTorch whose models sleep.
 */
@Timeout(120)
class BenchPyTorchTest {
  private static final String DEVICE_NAME = "Stub GPU";

  @TempDir Path folder;

  private Path shim;
  private Process bench;

  @BeforeEach
  void makeShim() throws Exception {
    shim = folder.resolve("libovertake.so");
    compileShim();
  }

  private void compileShim(String... options) throws Exception {
    Path source = Path.of(BenchPyTorchTest.class.getResource("stub-shim.c").toURI());
    var gcc = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o", shim + "", source + ""));
    gcc.addAll(List.of(options));
    assertThat(new ProcessBuilder(gcc).inheritIO().start().waitFor()).isZero();
  }

  @AfterEach
  void endProcess() {
    if (bench != null) {
      bench.descendants().forEach(ProcessHandle::destroyForcibly);
      bench.destroyForcibly();
    }
  }

  private void start(String fault, String... options) throws Exception {
    ProcessBuilder builder =
        OvertakeProcess.builder(
            List.of("-Djava.io.tmpdir=" + folder),
            "bench",
            "--device=cuda:0",
            "--rate=100",
            "--shim=" + shim,
            "--out=" + folder.resolve("out"));
    builder.command().addAll(List.of(options));
    builder.directory(folder.toFile()).redirectOutput(folder.resolve("table").toFile());
    builder.environment().put("PYTHONPATH", stub().toString());
    builder.environment().put("STUB_FAULT", fault);
    bench = builder.start();
  }

  private static Path stub() throws Exception {
    return Path.of(BenchPyTorchTest.class.getResource("/stub-pytorch").toURI());
  }

  private Results results() throws Exception {
    return ResultsJson.read(folder.resolve("out/results.json"));
  }

  private String lastLineOfErrors() throws Exception {
    List<String> lines = bench.errorReader(UTF_8).lines().toList();
    assertThat(bench.waitFor()).isEqualTo(ExitStatus.FAILED);
    return lines.getLast();
  }

  private void assertThatNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("overtake-bench-"));
    }
    assertThat(ProcessHandle.allProcesses().filter(this::isWorkerOfThisTest)).isEmpty();
  }

  private boolean isWorkerOfThisTest(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(folder + "/overtake-bench-");
  }

  @ParameterizedTest
  @EnumSource(names = {"THREADS", "PROCESSES"})
  void everyModeIsMeasured(Topology topology) throws Exception {
    start(
        "none",
        "--topology=" + topology.label(),
        "--modes=native,overtake,overtake:2:1",
        "--duration=600ms",
        "--rounds=2");
    String said = String.join("\n", bench.errorReader(UTF_8).lines().toList());
    assertThat(bench.waitFor()).as(said).isEqualTo(ExitStatus.OK);

    assertThat(results().complete()).isTrue();
    assertThat(results().machine().deviceName()).isEqualTo(DEVICE_NAME);
    assertThat(results().machine().pytorch().torch()).isEqualTo("0.0.0+stub");
    assertThat(results().configuration().runner()).isEqualTo("pytorch");
    assertThat(results().runs())
        .extracting(Run::mode)
        .containsExactly(
            "standalone-high",
            "standalone-low",
            "overtake, high alone",
            "overtake, low alone",
            "overtake (2,1), low alone",
            "baseline",
            "overtake",
            "overtake (2,1)");
    assertThat(results().runs())
        .allSatisfy(run -> assertThat(run.device()).isEqualTo("cuda:0"))
        .filteredOn(run -> run.high() != null)
        .allSatisfy(run -> assertThat(run.high().samples()).isEqualTo(60));
    assertThat(results().runs())
        .filteredOn(run -> run.low() != null)
        .allSatisfy(run -> assertThat(run.low().iterationsPerSecond()).isPositive());
    HighResult standaloneHigh = results().runs().getFirst().high();
    assertThat(results().runs())
        .filteredOn(run -> run.topology() == topology)
        .hasSize(3)
        .allSatisfy(run -> assertThat(run.isolation()).isPositive())
        // A high side that stood still alone for as long as it was measured leaves nothing.
        .filteredOn(_ -> standaloneHigh.busyShare() < 1)
        .allSatisfy(run -> assertThat(run.harvest()).isPositive());
    assertThat(results().runs())
        .filteredOn(run -> run.warnings().contains("the shim says: a line of the shim"))
        .as("each set of programs says it, in the first trial that it has")
        .hasSize(2);
    assertThat(folder.resolve("table"))
        .content()
        .contains(topology.label(), "300us", "(2,1)")
        .containsOnlyOnce("the shim says: a line of the shim");
    assertThat(folder.resolve("out/report.html")).content().contains(DEVICE_NAME, "cuDNN");
    assertThatNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "true, 2"})
  void aThreadHasItsPriorityForGoodOrForEachRequest(boolean perRequest, int lines)
      throws Exception {
    var options =
        new ArrayList<>(
            List.of("--topology=threads", "--modes=overtake", "--duration=300ms", "--rounds=1"));
    if (perRequest) {
      options.add("--priority-per-request");
    }
    start("none", options.toArray(String[]::new));
    String said = String.join("\n", bench.errorReader(UTF_8).lines().toList());
    assertThat(bench.waitFor()).as(said).isEqualTo(ExitStatus.OK);

    assertThat(results().runs().stream().flatMap(run -> run.warnings().stream()))
        .filteredOn(warning -> warning.startsWith("the shim says: priority"))
        .containsExactlyElementsOf(
            List.of("the shim says: priority 10", "the shim says: priority cleared")
                .subList(0, lines));
    assertThat(results().configuration().high().model())
        .isEqualTo("resnet18 (traced)" + (perRequest ? ", priority per request" : ""));
  }

  @Test
  void trainingLoopIsALowSideToo() throws Exception {
    start(
        "none",
        "--eager",
        "--low-train",
        "--low-sync=1",
        "--topology=processes",
        "--modes=native",
        "--duration=300ms",
        "--rounds=1");
    assertThat(bench.waitFor()).isEqualTo(ExitStatus.OK);
    assertThat(results().configuration().low().model()).isEqualTo("resnet50 (eager training)");
    assertThat(results().runs()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "missing | failed: ModuleNotFoundError: No module named 'torch'; install PyTorch",
        "no-gpu  | failed: RuntimeError: PyTorch 0.0.0+stub finds no GPU that it can use",
        "memory  | failed: RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "garbage | said 'ready not JSON' where 'ready' was expected",
        "hang    | was not ready within 2 s and was killed"
      })
  void programThatDoesNotGetReadyIsToldInOneLine(String fault, String message) throws Exception {
    start(
        fault,
        "--topology=processes",
        fault.equals("hang") ? "--start-timeout=2s" : "--start-timeout=60s");
    assertThat(lastLineOfErrors()).startsWith("overtake: worker native-").contains(message);
    assertThat(folder.resolve("out")).doesNotExist();
    assertThatNothingIsLeft();
  }

  @Test
  void ofTwoSidesThatBothFailOneSaysWhy() throws Exception {
    start("missing", "--topology=threads");
    assertThat(lastLineOfErrors())
        .contains("failed: ModuleNotFoundError: No module named 'torch'; install PyTorch");
    assertThatNothingIsLeft();
  }

  @Test
  void programThatDiesEndsTheTestAndWhatWasMeasuredIsKept() throws Exception {
    start(
        "die",
        "--topology=processes",
        "--modes=native",
        "--duration=1s",
        "--rounds=10",
        "--seed=3"); // By which the first trial is the high side's: that one is kept for certain.
    assertThat(lastLineOfErrors())
        .contains("worker native-low ended with status 11")
        .contains("it wrote at last: a stray print | Segmentation fault of the stub");
    assertThat(results().complete()).isFalse();
    assertThat(results().runs()).isNotEmpty();
    assertThatNothingIsLeft();
  }

  @Test
  void modelThatIsNotThereIsTold() throws Exception {
    start("none", "--high-model=resnet19");
    assertThat(lastLineOfErrors()).contains("torchvision 0.0.0+stub has no model 'resnet19'");
    assertThatNothingIsLeft();
  }

  @Test
  void interpreterThatIsNotThereIsTold() throws Exception {
    start("none", "--python=no-such-python");
    assertThat(lastLineOfErrors())
        .contains("cannot start a worker with 'no-such-python'", "name the interpreter");
    assertThatNothingIsLeft();
  }

  @Test
  void shimThatIsNotThereIsTold() throws Exception {
    Files.delete(shim);
    start("none");
    assertThat(lastLineOfErrors()).contains("there is no shim at " + shim + ": build it, and name");
    assertThatNothingIsLeft();
  }

  @Test
  void libraryThatCannotBePreloadedIsNotTakenForTheShim() throws Exception {
    Files.writeString(shim, "This is not a library.\n");
    start("none");
    assertThat(lastLineOfErrors()).contains("runs without the shim " + shim);
    assertThatNothingIsLeft();
  }

  @Test
  void shimThatSchedulesNothingIsNoModeOfItsOwn() throws Exception {
    compileShim("-DINACTIVE");
    start("none", "--topology=threads");
    assertThat(lastLineOfErrors())
        .contains("the shim " + shim + " is not at work in worker overtake", "a line of the shim");
    assertThatNothingIsLeft();
  }

  @Test
  void ctrlCKeepsWhatWasMeasuredAndLeavesNothing() throws Exception {
    start("none", "--duration=200s", "--rounds=2000", "--modes=native");
    awaitLine(bench.errorReader(UTF_8), "round 2/2000");
    // A terminal sends it to every program in the foreground.
    for (ProcessHandle each :
        Stream.concat(bench.descendants(), Stream.of(bench.toHandle())).toList()) {
      new ProcessBuilder("kill", "-INT", Long.toString(each.pid())).start().waitFor();
    }
    assertThat(bench.waitFor()).isEqualTo(130);
    assertThat(results().complete()).isFalse();
    assertThat(results().runs()).hasSize(3);
    assertThatNothingIsLeft();
  }

  @Test
  void programsEndThoughNobodyIsLeftToTellThem() throws Exception {
    start("none", "--duration=200s", "--rounds=2000", "--modes=native");
    awaitLine(bench.errorReader(UTF_8), "round 1/2000");
    List<ProcessHandle> workers = bench.descendants().toList();
    assertThat(workers).isNotEmpty();
    bench.destroyForcibly().waitFor();
    for (ProcessHandle worker : workers) {
      assertThat(worker.onExit().join().isAlive()).isFalse();
    }
  }

  private static void awaitLine(BufferedReader lines, String part) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(part)) {
      line = lines.readLine();
    }
    assertThat(line).as("a line with '%s'", part).isNotNull();
  }
}
