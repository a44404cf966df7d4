package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Profile;
import dev.overtake.bench.suite.Suite;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code overtake bench} is told about a test, whatever runs the models. */
final class BenchOptions {
  /** Far beyond any model, and still so that a round's arrivals fit into memory. */
  private static final double MAX_RATE = 100_000;

  private static final double DEFAULT_SECONDS = 36;

  @Parameters(
      arity = "0..1",
      paramLabel = "TEST",
      defaultValue = "test5",
      converter = BenchConverters.SuiteConverter.class,
      description =
          "test1: one client, matrix products; test2: 16 clients; test3: 8 clients; test4: two"
              + " chains of products; test5: ResNet-18 beside ResNet-50. Default:"
              + " ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets every option that has a default
  Suite suite;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "host",
      description =
          "What to run on: host, this machine's CPU; cuda:N, a GPU: test1 to test4 in this JVM,"
              + " test5 by PyTorch programs unless --runner says otherwise; hip:N or opencl:N,"
              + " an AMD GPU or an OpenCL device: test1 to test4. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  String device;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      defaultValue = "default",
      converter = BenchConverters.ProfileConverter.class,
      description =
          "Scale of the test. default: calibrated to the machine; seed: the first report's batches"
              + " and rate (1 at 20/s, 256); seed-libtorch: its others (4 at 20/s, 16).")
  @SuppressWarnings("NullAway.Init")
  Profile profile;

  @Option(
      names = "--topology",
      paramLabel = "TOPOLOGY",
      description =
          "host, JVM: shared (both sides submit to one hardware queue), separate (to one each) or"
              + " both. PyTorch: threads (of one process) or processes. Default: what the test"
              + " compares; threads.")
  @Nullable String topology;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      converter = BenchConverters.ModeConverter.class,
      description =
          "What to compare: baseline, or THRESHOLD:BATCH[@LEVEL] for XQueues. PyTorch: native, or"
              + " overtake[:LEVEL][:THRESHOLD:BATCH or :MICROSus] for the shim; JVM under"
              + " 'overtake run': overtake[:THRESHOLD:BATCH or :MICROSus]. Default:"
              + " baseline,4:2,1:1,16:8@L2, and on a GPU 16:8; native,overtake; overtake.")
  @Nullable List<Mode> modes;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = BenchConverters.SecondsConverter.class,
      description =
          "How long each mode is measured in all: 36s, 2m. Default: 36s; PyTorch: as long as 1,000"
              + " requests take.")
  @Nullable Double secondsPerMode;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "4",
      description = "Over how many interleaved rounds. Default: ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "CPU threads that the host device computes on. Default: all processors but one, which the"
              + " clients need.")
  @Nullable Integer threads;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "JVM: where examples/models/export.py has put the models of test5. Default: models.")
  @Nullable Path models;

  @Option(
      names = "--high-model",
      paramLabel = "MODEL",
      description =
          "The latency-critical side's model: a file.onnx of yours; JVM: a folder in --models;"
              + " PyTorch: a name in torchvision, such as vit_b_16.")
  @Nullable String highModel;

  @Option(
      names = "--high-shape",
      paramLabel = "SHAPE",
      converter = BenchConverters.ShapeConverter.class,
      description = "Shape of its input, such as 1x3x224x224, where the model leaves it open.")
  @Nullable Shape highShape;

  @Option(
      names = "--high-batch",
      paramLabel = "N",
      description = "Batch size of a request. Default: what the profile says.")
  @Nullable Integer highBatch;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Requests a second. Default: what the profile says, or a rate that keeps the device 20 to"
              + " 30 %% busy.")
  @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "KIND",
      defaultValue = "periodic",
      converter = BenchConverters.ArrivalsConverter.class,
      description = "How requests are spaced: periodic or poisson. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  Arrivals arrivals;

  @Option(
      names = "--low-model",
      paramLabel = "MODEL",
      description = "The batch side's model, likewise.")
  @Nullable String lowModel;

  @Option(
      names = "--low-shape",
      paramLabel = "SHAPE",
      converter = BenchConverters.ShapeConverter.class,
      description = "Shape of its input.")
  @Nullable Shape lowShape;

  @Option(
      names = "--low-batch",
      paramLabel = "N",
      description =
          "Batch size of a pass. Default: what the profile says, or the largest at which commands"
              + " stay short beside a request.")
  @Nullable Integer lowBatch;

  @Option(
      names = "--passes-in-flight",
      paramLabel = "N",
      description =
          "How many passes a batch client submits ahead; 1 waits for each. Default: what the"
              + " profile says.")
  @Nullable Integer passesInFlight;

  @Option(
      names = "--edge",
      paramLabel = "N",
      description =
          "JVM: rows and columns of the high side's matrices. Default: the largest at which it"
              + " keeps the device 20 to 30 %% busy.")
  @Nullable Integer edge;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights, inputs and arrivals. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Record how long each command takes without XQueues, for 'overtake sim'; on host, and on"
              + " cuda:N with --runner jvm.")
  @Nullable Path trace;

  /** For how long, if it does not follow from a rate. */
  double secondsPerMode() {
    return secondsPerMode == null ? DEFAULT_SECONDS : secondsPerMode;
  }

  /** Between which hardware queues are compared: as asked, or as the test does. */
  Set<Topology> queueTopologies(WrongUse use) {
    return switch (topology) {
      case null -> EnumSet.copyOf(suite.topologies());
      case "shared" -> EnumSet.of(Topology.SHARED);
      case "separate" -> EnumSet.of(Topology.SEPARATE);
      case "both" -> EnumSet.of(Topology.SHARED, Topology.SEPARATE);
      default ->
          throw use.wrong("--topology is '%s': give shared, separate or both".formatted(topology));
    };
  }

  /** Checks what holds for every test. */
  void check(WrongUse use) {
    use.require(rounds >= 1, "--rounds is %d: give 1 or more", rounds);
    use.require(
        rate == null || (rate > 0 && rate <= MAX_RATE),
        "--rate is %s: give a number above 0, at most %.0f",
        rate,
        MAX_RATE);
    use.require(
        modes == null || modes.stream().distinct().count() == modes.size(),
        "--modes names a mode twice: give each once");
  }
}
