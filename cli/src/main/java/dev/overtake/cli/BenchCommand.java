package dev.overtake.cli;

import dev.overtake.bench.cuda.CudaBench;
import dev.overtake.bench.cuda.ModelBench;
import dev.overtake.bench.cuda.ModelRequest;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.bench.hip.HipBench;
import dev.overtake.bench.model.ModelException;
import dev.overtake.bench.opencl.OpenClBench;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.pytorch.PyTorchBench;
import dev.overtake.bench.pytorch.PyTorchRequest;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.BenchRequest;
import dev.overtake.bench.suite.Suite;
import dev.overtake.control.page.PagePath;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    subcommands = {PreemptionCommand.class, CallsCommand.class},
    sortOptions = false,
    usageHelpAutoWidth = true)
final class BenchCommand implements Callable<Integer> {
  private static final String HOST = "host";
  private static final String JVM = "jvm";
  private static final String PYTORCH = "pytorch";

  /** As PyTorch calls it: no other runner knows it by this name. */
  private static final String CPU = "cpu";

  /** Programs of PyTorch's run there, too, and models that it compiled. */
  private static final Pattern CUDA = Pattern.compile("cuda:\\d{1,3}");

  /** Only products are computed there. */
  private static final Pattern PRODUCTS = Pattern.compile("(hip|opencl):\\d{1,3}");

  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it, and every option that has a default
  private BenchOptions options;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private PyTorchOptions pytorch;

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
    if (options.trace != null) {
      WriteProbe.requireFile(new WrongUse(spec.commandLine()), "--trace", options.trace);
    }
    try (var output = BenchOutput.open(spec.commandLine(), options.suite, out, json);
        var stop = new InterruptByUser()) {
      output.preparing(options.suite);
      try (Bench bench = preparation.call()) {
        output.prepared(bench);
        Bench.Outcome outcome =
            bench.run(
                OvertakeCommand.typed(spec),
                Version.number(),
                Clock.systemUTC(),
                stop.keep(),
                output.progress());
        if (outcome.failure() == null || !outcome.results().runs().isEmpty()) {
          output.finished(outcome.results());
        }
        if (options.trace != null) {
          output.trace(options.trace, outcome);
        }
        if (outcome.failure() != null) {
          throw outcome.failure();
        }
      }
      return stop.status();
    }
  }

  /** What makes the test ready; whatever is used wrongly is said before. */
  private Callable<Bench> preparation() {
    var use = new WrongUse(spec.commandLine());
    options.check(use);
    String runner = runner(use);
    use.require(
        options.trace == null || runner.equals(HOST) || (runner.equals(JVM) && !isForProducts()),
        "--trace is of commands that this JVM launches on host or cuda:N: give --device host, or"
            + " --device cuda:0 --runner jvm");
    use.require(
        options.models == null || (runner.equals(JVM) && options.suite == Suite.TEST5),
        "--models is of models that PyTorch has compiled: give test5 and --runner jvm");
    return switch (runner) {
      case PYTORCH -> {
        PyTorchRequest request = new PyTorchTest(options, pytorch, use).request();
        var probe = new PageProbe(PagePath.of(System.getenv()));
        yield () -> PyTorchBench.prepare(request, probe);
      }
      case JVM -> options.suite == Suite.TEST5 && !isForProducts() ? models(use) : products(use);
      default -> {
        BenchRequest request = new HostTest(options, pytorch, use).request();
        yield () -> prepare(request, use);
      }
    };
  }

  private Callable<Bench> models(WrongUse use) {
    Map<String, String> environment = System.getenv();
    var test = new JvmModelTest(options, pytorch, use, environment);
    ModelRequest request = test.request();
    ShimQueues shim =
        test.underShim()
            ? new OwnQueues(PagePath.of(environment), ProcessHandle.current().pid())
            : ShimQueues.NONE;
    return () -> ModelBench.prepare(request, shim);
  }

  private Callable<Bench> products(WrongUse use) {
    ProductRequest request = new JvmTest(options, pytorch, use).request();
    return switch (options.device.substring(0, options.device.indexOf(':'))) {
      case "hip" -> () -> HipBench.prepare(request);
      case "opencl" -> () -> OpenClBench.prepare(request);
      default -> () -> CudaBench.prepare(request);
    };
  }

  private String runner(WrongUse use) {
    boolean gpu = CUDA.matcher(options.device).matches() || isForProducts();
    use.require(
        options.device.equals(HOST) || options.device.equals(CPU) || gpu,
        "device '%s' is not there: give host, cuda:0 for the first GPU, hip:0 or opencl:0",
        options.device);
    String runner = Objects.requireNonNullElse(pytorch.runner, defaultRunner());
    switch (runner) {
      case HOST ->
          use.require(
              options.device.equals(HOST),
              "--runner host runs on the device host, not on %s",
              options.device);
      case JVM ->
          use.require(gpu, "--runner jvm needs a GPU: give --device cuda:0, hip:0 or opencl:0");
      case PYTORCH ->
          use.require(
              !options.device.equals(HOST) && !isForProducts(),
              "--runner pytorch needs a --device that it knows: cuda:0, cpu");
      default -> throw use.wrong("--runner is '%s': give host, jvm or pytorch".formatted(runner));
    }
    return runner;
  }

  private String defaultRunner() {
    return switch (options.device) {
      case HOST -> HOST;
      case CPU -> PYTORCH;
      default -> options.suite == Suite.TEST5 && !isForProducts() ? PYTORCH : JVM;
    };
  }

  private boolean isForProducts() {
    return PRODUCTS.matcher(options.device).matches();
  }

  private Bench prepare(BenchRequest request, WrongUse use) {
    try {
      return Bench.prepare(request);
    } catch (ModelException e) {
      throw use.wrong(Objects.requireNonNull(e.getMessage()));
    }
  }
}
