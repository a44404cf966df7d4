package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a real {@code overtake bench} in the middle of its work. */
@Timeout(120)
class BenchInterruptTest {
  @TempDir Path folder;

  private Process bench;
  private BufferedReader progress;

  /** Starts a test that would take minutes, in rounds of a fraction of a second. */
  private void start(String... options) throws IOException {
    ProcessBuilder builder =
        OvertakeProcess.builder(
            List.of(),
            "bench",
            "--threads=1",
            "--duration=200s",
            "--rounds=2000",
            "--modes=1:1",
            "--out=" + folder.resolve("out"));
    builder.command().addAll(List.of(options));
    bench =
        builder.directory(folder.toFile()).redirectOutput(folder.resolve("table").toFile()).start();
    progress = bench.errorReader(UTF_8);
  }

  private void startTiny() throws IOException {
    start(
        "test4",
        "--rate=200",
        "--high-model=" + ModelFiles.working(folder, 2),
        "--low-model=" + ModelFiles.working(folder, 4));
  }

  private void awaitLine(String part) throws IOException {
    String line = progress.readLine();
    while (line != null && !line.contains(part)) {
      line = progress.readLine();
    }
    assertThat(line).as("a line with '%s'", part).isNotNull();
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(bench.pid())).start().waitFor();
  }

  @AfterEach
  void endProcess() {
    bench.destroyForcibly();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void signalEndsItEarlyAndKeepsWhatWasMeasured(String name, int status) throws Exception {
    startTiny();
    awaitLine("round 2/2000");
    signal(name);
    awaitLine("results: ");

    assertThat(bench.waitFor()).isEqualTo(status);
    Results results = ResultsJson.read(folder.resolve("out/results.json"));
    assertThat(results.complete()).isFalse();
    assertThat(results.runs()).hasSize(3).allSatisfy(run -> assertThat(run.rounds()).isNotEmpty());
    assertThat(folder.resolve("out/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("table")).content().contains("XQueue (1,1)");
  }

  @Test
  void impatientCtrlCsDoNoHarm() throws Exception {
    startTiny();
    awaitLine("round 2/2000");
    while (bench.isAlive()) {
      signal("INT");
    }

    assertThat(bench.exitValue()).isEqualTo(130);
    assertThat(ResultsJson.read(folder.resolve("out/results.json")).complete()).isFalse();
    assertThat(folder.resolve("out/report.html")).isNotEmptyFile();
  }

  @Test
  void ctrlCWhileItCalibratesEndsIt() throws Exception {
    start("test5");
    awaitLine("loading models");
    signal("INT");
    assertThat(bench.waitFor()).isEqualTo(130);
  }
}
