package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code overtake bench} says to somebody who asks it wrongly, or asks how to. */
class BenchUsageTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @TempDir static Path files;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final picocli.CommandLine commandLine =
      Main.commandLine(Map.of())
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true));

  @BeforeAll
  static void writeFiles() throws IOException {
    ModelFiles.working(files, 2);
    ModelFiles.ofUnknownWidth(files);
    ModelFiles.withUnknownOperator(files);
    Files.writeString(files.resolve("text.onnx"), "This is not a model.\n");
  }

  static Stream<Arguments> wrongOptions() {
    return Stream.of(
        arguments("test6", "there is no test 'test6': give one of test1, test2, test3, test4"),
        arguments("test4 test5", "Unmatched argument at index 2: 'test5'"),
        arguments("--device gpu", "device 'gpu' is not there: give host, cuda:0 for the first"),
        arguments("preemption --device gpu", "device 'gpu' is not there: give host, or cuda:0"),
        arguments("preemption --thresholds 0", "--thresholds has 0: give 1 to 1000"),
        arguments("preemption --thresholds 2,2", "--thresholds names one twice"),
        arguments("preemption --command 0", "a command of 0 us cannot be measured: give 1us to"),
        arguments("preemption --commands 10us,200ms", "a command of 200000 us cannot be"),
        arguments("preemption --samples 0 --rounds 0", "--samples is 0 and --rounds is 0: give"),
        arguments("preemption --seconds 0", "'0' is not a length of time above 0"),
        arguments(
            "preemption --report FILES/text.onnx", "text.onnx is not a folder): name another with"),
        arguments("--runner torch", "--runner is 'torch': give host, jvm or pytorch"),
        arguments("--runner pytorch", "--runner pytorch needs a --device that it knows: cuda:0"),
        arguments("--device cuda:0 --runner host", "--runner host runs on the device host, not on"),
        arguments(
            "test4 --device cuda:0 --runner pytorch",
            "PyTorch programs run test5: leave out 'test4'"),
        arguments("--runner jvm", "--runner jvm needs a GPU: give --device cuda:0"),
        arguments("--device hip:0", "on hip:0 a JVM multiplies matrices: give test1"),
        arguments("--device hip:0 --runner pytorch", "--runner pytorch needs a --device that"),
        arguments("--device opencl:0", "on opencl:0 a JVM multiplies matrices: give test1"),
        arguments("--device opencl:0 --runner pytorch", "--runner pytorch needs a --device that"),
        arguments("test4 --device opencl:0 --modes 4:2@L3", "level 3 is not to be had on opencl"),
        arguments("--models x", "--models is of models that PyTorch has compiled: give test5"),
        arguments("--device cuda:0 --runner jvm --edge 8", "a compiled model has its shapes"),
        arguments("--device cuda:0 --runner jvm --eager", "are of PyTorch programs: give --runner"),
        arguments(
            "--device cuda:0 --runner jvm --low-model a --low-batch 2",
            "a compiled model has its batch: give --high-model or --high-batch"),
        arguments(
            "--device cuda:0 --runner jvm --modes overtake", "mode overtake is of programs under"),
        arguments("test4 --device cuda:0 --threads 1", "test4 multiplies matrices on cuda:0"),
        arguments("test4 --device cuda:0 --eager", "are of PyTorch programs: give test5"),
        arguments(
            "test4 --device cuda:0 --modes overtake",
            "mode overtake is of programs under the shim: give test5"),
        arguments("test4 --device cuda:0 --modes 4:2@L3", "level 3 is not to be had on cuda:0"),
        arguments("test4 --device cuda:0 --edge 0", "--edge is 0: give 1 or more"),
        arguments("--device cuda:0 --trace x", "--trace is of commands that this JVM launches on"),
        arguments(
            "--device cpu --runner pytorch --trace x", "give --device host, or --device cuda:"),
        arguments(
            "test4 --device hip:0 --trace x", "--trace is of commands that this JVM launches"),
        arguments("test4 --device opencl:0 --trace x", "--trace is of commands that this JVM"),
        arguments("test4 --edge 64", "--edge is of a GPU: give --device cuda:0"),
        arguments("--device cuda:0 --modes 4:2", "mode 'XQueue (4,2)' is of programs that have"),
        arguments(
            "--device cuda:0 --topology shared", "PyTorch programs have threads or processes"),
        arguments(
            "--device cuda:0 --threads 1", "--threads, --high-shape, --low-shape, --edge and"),
        arguments("--device cuda:0 --edge 8", "--edge and --passes-in-flight are not of PyTorch"),
        arguments("test4 --device cpu", "PyTorch programs run test5: leave out 'test4'"),
        arguments(
            "--device cpu --runner host", "--runner host runs on the device host, not on cpu"),
        arguments("test1 --device cuda:0 --topology both", "test1 has one client, and nobody to"),
        arguments("--device cuda:0 --low-sync 0", "--low-sync is 0: give 1 or more"),
        arguments("--device cuda:0 --low-batch 0", "--low-batch is 0: give 1 or more"),
        arguments("--device cuda:0 --modes overtake:L4", "'overtake:L4' is not a mode"),
        arguments("--modes overtake", "mode overtake is of programs under the shim"),
        arguments("--eager", "--reference-duration are of PyTorch programs: give --device cuda:0"),
        arguments(
            "--device cuda:0 --topology processes --priority-per-request",
            "--priority-per-request is of a thread beside another: give --topology threads"),
        arguments(
            "--device cuda:0 --modes native --priority-per-request",
            "--priority-per-request is of mode overtake: give it among --modes"),
        arguments(
            "--priority-per-request", "--eager, --low-train, --priority-per-request and --refere"),
        arguments("--profile fast", "'fast' is not a profile: give default, seed or seed-libtorch"),
        arguments("--topology ring", "--topology is 'ring': give shared, separate or both"),
        arguments("--modes 4:8", "batch is 8 with threshold 4: give 1 to 4"),
        arguments("--modes 0:0", "threshold is 0: at least 1 command must be allowed in flight"),
        arguments("--modes 4:0", "batch is 0 with threshold 4: give 1 to 4"),
        arguments("--modes baseline,fast", "'fast' is not a mode: give baseline, THRESHOLD:BATCH"),
        arguments("--modes 4:2@L4", "'4:2@L4' is not a mode"),
        arguments("--duration 0", "'0' is not a length of time above 0: give 90s, 2m or 500ms"),
        arguments("--duration 0ms", "'0ms' is not a length of time above 0"),
        arguments("--duration=-5s", "'-5s' is not a length of time above 0"),
        arguments("--duration soon", "'soon' is not a length of time above 0"),
        arguments("--duration 90d", "'90d' is not a length of time above 0"),
        arguments("--duration NaN", "'NaN' is not a length of time above 0"),
        arguments("--duration 1e300", "'1e300' is not a length of time above 0"),
        arguments("--rounds 0", "--rounds is 0: give 1 or more"),
        arguments("--rounds few", "'few' is not an int"),
        arguments("--threads 0", "--threads is 0: this machine gives 1 to " + PROCESSORS),
        arguments("--threads 9999", "--threads is 9999: this machine gives 1 to " + PROCESSORS),
        arguments("--rate 0", "--rate is 0.0: give a number above 0"),
        arguments("--rate NaN", "--rate is NaN: give a number above 0"),
        arguments("--rate Infinity", "--rate is Infinity: give a number above 0"),
        arguments("--arrivals daily", "'daily' is not a kind of arrivals: give periodic or poiss"),
        arguments("--high-batch 0", "--high-batch is 0: give 1 or more"),
        arguments(
            "test4 --low-batch 2", "--low-batch is for images, and test4 multiplies matrices"),
        arguments("test1 --topology both", "test1 has no low side"),
        arguments("--modes 4:2,1:1,4:2", "--modes names a mode twice"),
        arguments("--low-batch 0", "--low-batch is 0: give 1 or more"),
        arguments("--passes-in-flight 0", "--passes-in-flight is 0: give 1 or more"),
        arguments("--high-shape 8x8", "--high-shape is given without --high-model"),
        arguments("--low-shape 8x8", "--low-shape is given without --low-model"),
        arguments("--high-shape 8xN", "\"8xN\" is not a shape: give positive whole numbers"),
        arguments(
            "--high-model FILES/chain-2.onnx --high-shape 8x8 --high-batch 2",
            "--high-shape and --high-batch both say the batch: give one"),
        arguments(
            "--low-model FILES/chain-2.onnx --low-shape 8x8 --low-batch 2",
            "--low-shape and --low-batch both say the batch: give one"),
        arguments("--trace FILES", "(it is a folder): name another with --trace"),
        arguments("--trace FILES/text.onnx/trace", "not a folder): name another with --trace"),
        arguments("--trace /proc/overtake/trace", "(/proc takes no files): name another with"),
        arguments("--out /proc/overtake", "(/proc takes no files): name another with --out"),
        arguments("--out FILES/text.onnx", "text.onnx is not a folder): name another with --out"),
        arguments("--out FILES/text.onnx/a/b", "text.onnx is not a folder): name another with"));
  }

  @ParameterizedTest
  @MethodSource("wrongOptions")
  void wrongOptionIsToldInOneLineAndNothingIsDone(String typed, String message) throws IOException {
    assertThat(bench(typed)).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("overtake: ")
        .contains(message);
    assertThatItPointedAtHelpAndWroteNothing();
  }

  static Stream<Arguments> wrongModels() {
    return Stream.of(
        arguments("missing.onnx", "missing.onnx: no such file; give the path of an ONNX file"),
        arguments("text.onnx", "text.onnx: not an ONNX model"),
        arguments(".", "this is a directory; give the path of an ONNX file"),
        arguments("unknown-operator.onnx", "MatMull"),
        arguments("unknown-width.onnx", "dimension 'width' of input 'x' is symbolic"),
        arguments("unknown-width.onnx --high-shape 7x9x8", "shape 7x9x8 was given"),
        arguments("chain-2.onnx --high-shape 4x4", "shape 4x4 was given, but input 'x' is 8x8"),
        arguments("chain-2.onnx --high-batch 2", "a batch of 2 was asked for"));
  }

  @ParameterizedTest
  @MethodSource("wrongModels")
  void wrongModelIsToldInOneLineAndNothingIsWritten(String model, String message)
      throws IOException {
    assertThat(bench("test4 --threads 1 --high-model FILES/" + model))
        .isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString().lines().filter(line -> line.startsWith("overtake: ")))
        .singleElement()
        .asString()
        .contains("model ", message);
    assertThatItPointedAtHelpAndWroteNothing();
  }

  @Test
  void helpDescribesEveryOption() {
    assertThat(commandLine.execute("bench", "--help")).isEqualTo(ExitStatus.OK);
    var options = commandLine.getSubcommands().get("bench").getCommandSpec().options();
    assertThat(options).hasSizeGreaterThan(15);
    assertThat(options)
        .allSatisfy(option -> assertThat(option.description()).isNotEmpty())
        .extracting(OptionSpec::longestName)
        .allSatisfy(name -> assertThat(out.toString()).contains(name));
    assertThat(err.toString()).isEmpty();
  }

  private int bench(String typed) {
    String out = typed.contains("--out") || typed.contains("--report") ? "" : " --out FILES/out";
    return commandLine.execute(
        ("bench " + typed + out).replace("FILES", files.toString()).split(" "));
  }

  private void assertThatItPointedAtHelpAndWroteNothing() throws IOException {
    assertThat(err.toString().lines())
        .last()
        .asString()
        .matches("Try 'overtake bench( preemption)? --help'\\.");
    assertThat(out.toString()).isEmpty();
    assertThat(files.resolve("out")).doesNotExist();
    assertThat(files.resolve("text.onnx")).isRegularFile();
  }
}
