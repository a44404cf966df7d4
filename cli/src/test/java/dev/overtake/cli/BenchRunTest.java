package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import dev.overtake.bench.result.Run;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overtake bench} from the arguments to the files, on models that take microseconds. */
class BenchRunTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(Path highModel, String... more) throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of(
                "bench",
                "test4",
                "--threads=1",
                "--rate=100",
                "--rounds=2",
                "--duration=300ms",
                "--modes=baseline,1:1@L2",
                "--high-model=" + highModel,
                "--low-model=" + ModelFiles.working(folder, 4),
                "--out=" + folder.resolve("out")));
    args.addAll(List.of(more));
    return Main.commandLine(Map.of())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args.toArray(String[]::new));
  }

  private Results results() throws Exception {
    return ResultsJson.read(folder.resolve("out/results.json"));
  }

  @Test
  void endsWithTableResultsAndReport() throws Exception {
    assertThat(bench(ModelFiles.working(folder, 2))).isEqualTo(ExitStatus.OK);

    assertThat(results().complete()).isTrue();
    assertThat(results().commandLine()).startsWith("overtake", "bench", "test4", "--threads=1");
    assertThat(results().runs())
        .extracting(Run::mode)
        .containsExactly("standalone-high", "standalone-low", "baseline", "XQueue (1,1) L2");
    assertThat(results().runs()).allSatisfy(run -> assertThat(run.rounds()).hasSize(2));
    assertThat(results().configuration().high().ratePerSecond()).isEqualTo(100);
    assertThat(results().machine().deviceThreads()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("out/report.html"))).contains("</html>");
    assertThat(out.toString()).contains("baseline", "XQueue (1,1)").doesNotContain("round 1/2");
    assertThat(err.toString())
        .contains("round 1/2: high alone", "round 2/2: separate, baseline")
        .contains("report:  " + folder.resolve("out/report.html"));
  }

  @Test
  void jsonOnStandardOutputIsTheFileAndNothingElse() throws Exception {
    assertThat(bench(ModelFiles.working(folder, 2), "--json")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().strip())
        .isEqualTo(Files.readString(folder.resolve("out/results.json")).strip());
  }

  @Test
  void traceGoesIntoAFolderThatIsMadeForIt() throws Exception {
    Path trace = folder.resolve("traces/deep/trace");
    assertThat(bench(ModelFiles.working(folder, 2), "--trace=" + trace)).isEqualTo(ExitStatus.OK);
    assertThat(trace).content().startsWith("{\"overtakeTrace\"");
  }

  @Test
  void resultIsShownThoughItCannotBeWritten() throws Exception {
    Files.createDirectories(folder.resolve("out/results.json/in-the-way"));
    assertThat(bench(ModelFiles.working(folder, 2))).isEqualTo(ExitStatus.FAILED);
    assertThat(out.toString()).contains("baseline", "XQueue (1,1)");
  }

  @Test
  void onlyOneModelOfOnesOwnGoesWithTheSuitesOther() throws Exception {
    assertThat(
            Main.commandLine(Map.of())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(
                    "bench",
                    "test4",
                    "--threads=1",
                    "--rounds=1",
                    "--duration=100ms",
                    "--modes=1:1",
                    "--high-model=" + ModelFiles.working(folder, 2),
                    "--out=" + folder.resolve("out")))
        .as(err.toString())
        .isEqualTo(ExitStatus.OK);
    assertThat(results().configuration().low().model()).startsWith("matmul-");
  }

  @Test
  void modelThatLoadsButCannotRunIsRefusedBeforeAnythingIsMeasured() throws Exception {
    assertThat(bench(ModelFiles.failing(folder), "--profile=seed"))
        .as(err::toString)
        .isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString().lines().filter(line -> line.startsWith("overtake: ")))
        .singleElement()
        .asString()
        .contains("failing.onnx", "MatMul");
    assertThat(out.toString()).isEmpty();
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
