package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.suite.BenchRequest;
import dev.overtake.bench.suite.Suite;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A test on the host device, as it was asked for on the command line. */
record HostTest(BenchOptions options, PyTorchOptions pytorch, WrongUse use) {
  private static final int MAX_THREADS = Runtime.getRuntime().availableProcessors();

  /** What the test is to be; whatever is used wrongly is said. */
  BenchRequest request() {
    int deviceThreads = options.threads == null ? Math.max(1, MAX_THREADS - 1) : options.threads;
    use.require(
        deviceThreads >= 1 && deviceThreads <= MAX_THREADS,
        "--threads is %d: this machine gives 1 to %d",
        deviceThreads,
        MAX_THREADS);
    use.require(pytorch.isSilent(), "%s: give --device cuda:0", PyTorchOptions.OF_PROGRAMS);
    use.require(
        options.modes == null || options.modes.stream().noneMatch(Mode.Shim.class::isInstance),
        "mode overtake is of programs under the shim: give --device cuda:0");
    use.require(options.edge == null, "--edge is of a GPU: give --device cuda:0");
    use.require(
        options.suite != Suite.TEST1
            || (options.topology == null
                && options.lowModel == null
                && options.passesInFlight == null),
        "test1 has no low side: leave out --topology, --low-model and --passes-in-flight");
    use.requirePositive("--passes-in-flight", options.passesInFlight);
    return new BenchRequest(
        options.suite,
        options.profile,
        options.queueTopologies(use),
        options.modes == null ? options.suite.modes() : options.modes,
        deviceThreads,
        options.rounds,
        options.secondsPerMode(),
        side("high", options.highModel, options.highShape, options.highBatch),
        options.rate,
        options.arrivals,
        side("low", options.lowModel, options.lowShape, options.lowBatch),
        options.passesInFlight,
        options.seed,
        options.trace != null);
  }

  private BenchRequest.Side side(
      String name, @Nullable String model, @Nullable Shape shape, @Nullable Integer batch) {
    use.requirePositive("--" + name + "-batch", batch);
    use.require(shape == null || model != null, "--%1$s-shape is given without --%1$s-model", name);
    use.require(
        shape == null || batch == null,
        "--%1$s-shape and --%1$s-batch both say the batch: give one",
        name);
    use.require(
        batch == null || model != null || options.suite == Suite.TEST5,
        "--%s-batch is for images, and %s multiplies matrices: leave it out",
        name,
        options.suite.label());
    return new BenchRequest.Side(model == null ? null : Path.of(model), shape, batch);
  }
}
