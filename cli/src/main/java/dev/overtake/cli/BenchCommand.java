package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.model.ModelException;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.pytorch.PyTorchBench;
import dev.overtake.bench.pytorch.PyTorchRequest;
import dev.overtake.bench.pytorch.Workload;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.HighResult;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.BenchRequest;
import dev.overtake.bench.suite.Profile;
import dev.overtake.bench.suite.Suite;
import dev.overtake.control.page.PagePath;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code overtake bench}: runs a co-location test and shows what came of it. */
@Command(
    name = "bench",
    description = {
      "Runs a co-location test: a latency-critical and a batch workload on one device, each alone,"
          + " beside one another, and beside one another with preemption.",
      "Ends with a table, results.json and report.html. Ctrl-C ends it early and keeps what was"
          + " measured."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class BenchCommand implements Callable<Integer> {
  private static final int MAX_THREADS = Runtime.getRuntime().availableProcessors();

  private static final Pattern CUDA = Pattern.compile("cuda:\\d{1,3}");
  private static final double DEFAULT_SECONDS = 36;

  /** Of a PyTorch test at a high rate: a batch loop that seldom synchronizes needs time. */
  private static final double LEAST_SECONDS = 20;

  /** A few more than a P99 needs, since a random phase may cost one request a round. */
  private static final double SAMPLES_WITH_MARGIN = 1.02 * HighResult.SAMPLES_FOR_P99;

  /** Far beyond any model, and still so that a round's arrivals fit into memory. */
  private static final double MAX_RATE = 100_000;

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
  private Suite suite;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "host",
      description =
          "What to run on: host, this machine's CPU; cuda:N, a GPU, by PyTorch programs. Default:"
              + " ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private String device;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      defaultValue = "default",
      converter = BenchConverters.ProfileConverter.class,
      description =
          "Scale of the test. default: calibrated to the machine; seed: the first report's batches"
              + " and rate (1 at 20/s, 256); seed-libtorch: its others (4 at 20/s, 16).")
  @SuppressWarnings("NullAway.Init")
  private Profile profile;

  @Option(
      names = "--topology",
      paramLabel = "TOPOLOGY",
      description =
          "host: shared (both sides submit to one hardware queue), separate (to one each) or both."
              + " PyTorch: threads (of one process) or processes. Default: what the test compares;"
              + " threads.")
  private @Nullable String topology;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      converter = BenchConverters.ModeConverter.class,
      description =
          "What to compare: baseline, or THRESHOLD:BATCH[@LEVEL] for XQueues. PyTorch: native, or"
              + " overtake[:LEVEL][:THRESHOLD:BATCH or :MICROSus] for the shim. Default:"
              + " baseline,4:2,1:1,16:8@L2; native,overtake.")
  private @Nullable List<Mode> modes;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = BenchConverters.SecondsConverter.class,
      description =
          "How long each mode is measured in all: 36s, 2m. Default: 36s; PyTorch: as long as 1,000"
              + " requests take.")
  private @Nullable Double secondsPerMode;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "4",
      description = "Over how many interleaved rounds. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "CPU threads that the host device computes on. Default: all processors but one, which the"
              + " clients need.")
  private @Nullable Integer threads;

  @Option(
      names = "--high-model",
      paramLabel = "MODEL",
      description =
          "The latency-critical side's model: a file.onnx of yours; PyTorch: a name in torchvision,"
              + " such as vit_b_16.")
  private @Nullable String highModel;

  @Option(
      names = "--high-shape",
      paramLabel = "SHAPE",
      converter = BenchConverters.ShapeConverter.class,
      description = "Shape of its input, such as 1x3x224x224, where the model leaves it open.")
  private @Nullable Shape highShape;

  @Option(
      names = "--high-batch",
      paramLabel = "N",
      description = "Batch size of a request. Default: what the profile says.")
  private @Nullable Integer highBatch;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Requests a second. Default: what the profile says, or a rate that keeps the device 20 to"
              + " 30 %% busy.")
  private @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "KIND",
      defaultValue = "periodic",
      converter = BenchConverters.ArrivalsConverter.class,
      description = "How requests are spaced: periodic or poisson. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private Arrivals arrivals;

  @Option(
      names = "--low-model",
      paramLabel = "MODEL",
      description = "The batch side's model, likewise.")
  private @Nullable String lowModel;

  @Option(
      names = "--low-shape",
      paramLabel = "SHAPE",
      converter = BenchConverters.ShapeConverter.class,
      description = "Shape of its input.")
  private @Nullable Shape lowShape;

  @Option(
      names = "--low-batch",
      paramLabel = "N",
      description =
          "Batch size of a pass. Default: what the profile says, or the largest at which commands"
              + " stay short beside a request.")
  private @Nullable Integer lowBatch;

  @Option(
      names = "--passes-in-flight",
      paramLabel = "N",
      description =
          "How many passes a batch client submits ahead; 1 waits for each. Default: what the"
              + " profile says.")
  private @Nullable Integer passesInFlight;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private PyTorchOptions pytorch;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights, inputs and arrivals. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results.json and report.html go. Default: overtake-results/TEST-TIME.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print results.json to standard output, not the table.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Callable<Bench> preparation = preparation();
    try (var output = BenchOutput.open(spec.commandLine(), suite, out, json);
        var stop = new InterruptByUser()) {
      output.preparing(suite);
      try (Bench bench = preparation.call()) {
        output.prepared(bench);
        Bench.Outcome outcome =
            bench.run(
                commandLine(), Version.number(), Clock.systemUTC(), stop.keep(), output.progress());
        if (outcome.failure() == null || !outcome.results().runs().isEmpty()) {
          output.finished(outcome.results());
        }
        if (outcome.failure() != null) {
          throw outcome.failure();
        }
      }
      return stop.status();
    }
  }

  /** As it was typed. */
  private List<String> commandLine() {
    return Stream.concat(
            Stream.of("overtake"), spec.commandLine().getParseResult().originalArgs().stream())
        .toList();
  }

  /** What makes the test ready; whatever is used wrongly is said before. */
  private Callable<Bench> preparation() {
    requireCommon();
    if (byPyTorch()) {
      PyTorchRequest request = pyTorchRequest();
      var probe = new PageProbe(PagePath.of(System.getenv()));
      return () -> PyTorchBench.prepare(request, probe);
    }
    BenchRequest request = request();
    return () -> prepare(request);
  }

  private boolean byPyTorch() {
    boolean gpu = CUDA.matcher(device).matches();
    String runner = Objects.requireNonNullElse(pytorch.runner, gpu ? "pytorch" : "host");
    require(
        device.equals("host") || device.equals("cpu") || gpu,
        "device '%s' is not there: give host, or cuda:0 for the first GPU",
        device);
    return switch (runner) {
      case "host" -> {
        require(device.equals("host"), "--runner host runs on the device host, not on %s", device);
        yield false;
      }
      case "pytorch" -> {
        require(
            !device.equals("host"), "--runner pytorch needs a --device that it knows: cuda:0, cpu");
        yield true;
      }
      default -> throw wrongUse("--runner is '%s': give host or pytorch".formatted(runner));
    };
  }

  private PyTorchRequest pyTorchRequest() {
    require(suite == Suite.TEST5, "PyTorch programs run test5: leave out '%s'", suite.label());
    require(
        threads == null && highShape == null && lowShape == null && passesInFlight == null,
        "--threads, --high-shape, --low-shape and --passes-in-flight are of the host device: leave"
            + " them out (--low-sync says how far a PyTorch batch loop runs ahead)");
    require(pytorch.lowSync >= 1, "--low-sync is %d: give 1 or more", pytorch.lowSync);
    List<Mode> compared = modes == null ? List.of(Mode.baseline(), Mode.Shim.DEFAULT) : modes;
    for (Mode mode : compared) {
      require(
          !(mode instanceof Mode.Queues),
          "mode '%s' is of programs that have XQueues: PyTorch programs have native and overtake",
          mode.label());
    }
    // The default profile is calibrated on the host device; on a GPU the report's scale fits.
    Profile figures = profile == Profile.DEFAULT ? Profile.SEED : profile;
    requirePositive("--high-batch", highBatch);
    requirePositive("--low-batch", lowBatch);
    double perSecond = rate == null ? figures.ratePerSecond() : rate;
    double seconds =
        secondsPerMode == null
            ? Math.max(LEAST_SECONDS, SAMPLES_WITH_MARGIN / perSecond)
            : secondsPerMode;
    return new PyTorchRequest(
        suite.label(),
        figures.toString(),
        device,
        pytorch.python,
        pytorch.shim(),
        programTopology(),
        compared,
        new Workload(
            pytorch.eager,
            new Workload.High(
                Objects.requireNonNullElse(highModel, "resnet18"),
                Objects.requireNonNullElse(highBatch, figures.highBatch()),
                perSecond,
                arrivals),
            new Workload.Low(
                Objects.requireNonNullElse(lowModel, "resnet50"),
                Objects.requireNonNullElse(lowBatch, figures.lowBatch()),
                pytorch.lowSync,
                pytorch.lowTrain),
            seed),
        rounds,
        seconds,
        Objects.requireNonNullElse(pytorch.nativeSeconds, seconds),
        pytorch.startSeconds);
  }

  private Topology programTopology() {
    return switch (topology) {
      case null -> Topology.THREADS;
      case "threads" -> Topology.THREADS;
      case "processes" -> Topology.PROCESSES;
      default ->
          throw wrongUse(
              "--topology is '%s': PyTorch programs have threads or processes".formatted(topology));
    };
  }

  private Bench prepare(BenchRequest request) {
    try {
      return Bench.prepare(request);
    } catch (ModelException e) {
      throw wrongUse(Objects.requireNonNull(e.getMessage()));
    }
  }

  private void requireCommon() {
    require(rounds >= 1, "--rounds is %d: give 1 or more", rounds);
    require(
        rate == null || (rate > 0 && rate <= MAX_RATE),
        "--rate is %s: give a number above 0, at most %.0f",
        rate,
        MAX_RATE);
    require(
        modes == null || modes.stream().distinct().count() == modes.size(),
        "--modes names a mode twice: give each once");
  }

  private BenchRequest request() {
    int deviceThreads = threads == null ? Math.max(1, MAX_THREADS - 1) : threads;
    require(
        deviceThreads >= 1 && deviceThreads <= MAX_THREADS,
        "--threads is %d: this machine gives 1 to %d",
        deviceThreads,
        MAX_THREADS);
    require(
        !pytorch.eager && !pytorch.lowTrain && pytorch.nativeSeconds == null,
        "--eager, --low-train and --native-duration are of PyTorch programs: give --device cuda:0");
    require(
        modes == null || modes.stream().noneMatch(Mode.Shim.class::isInstance),
        "mode overtake is of programs under the shim: give --device cuda:0");
    require(
        suite != Suite.TEST1 || (topology == null && lowModel == null && passesInFlight == null),
        "test1 has no low side: leave out --topology, --low-model and --passes-in-flight");
    requirePositive("--passes-in-flight", passesInFlight);
    return new BenchRequest(
        suite,
        profile,
        topologies(),
        modes == null ? suite.modes() : modes,
        deviceThreads,
        rounds,
        Objects.requireNonNullElse(secondsPerMode, DEFAULT_SECONDS),
        side("high", highModel, highShape, highBatch),
        rate,
        arrivals,
        side("low", lowModel, lowShape, lowBatch),
        passesInFlight,
        seed);
  }

  private BenchRequest.Side side(
      String name, @Nullable String model, @Nullable Shape shape, @Nullable Integer batch) {
    requirePositive("--" + name + "-batch", batch);
    require(shape == null || model != null, "--%1$s-shape is given without --%1$s-model", name);
    require(
        shape == null || batch == null,
        "--%1$s-shape and --%1$s-batch both say the batch: give one",
        name);
    require(
        batch == null || model != null || suite == Suite.TEST5,
        "--%s-batch is for images, and %s multiplies matrices: leave it out",
        name,
        suite.label());
    return new BenchRequest.Side(model == null ? null : Path.of(model), shape, batch);
  }

  private Set<Topology> topologies() {
    if (topology == null) {
      return EnumSet.copyOf(suite.topologies());
    }
    return switch (topology) {
      case "shared" -> EnumSet.of(Topology.SHARED);
      case "separate" -> EnumSet.of(Topology.SEPARATE);
      case "both" -> EnumSet.of(Topology.SHARED, Topology.SEPARATE);
      default ->
          throw wrongUse("--topology is '%s': give shared, separate or both".formatted(topology));
    };
  }

  private void requirePositive(String option, @Nullable Integer value) {
    require(value == null || value >= 1, "%s is %d: give 1 or more", option, value);
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private void require(boolean condition, String message, @Nullable Object... arguments) {
    if (!condition) {
      throw wrongUse(message.formatted(arguments));
    }
  }

  private ParameterException wrongUse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
