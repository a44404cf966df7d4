package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.pytorch.PyTorchRequest;
import dev.overtake.bench.pytorch.Workload;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.HighLoad;
import dev.overtake.bench.suite.Profile;
import dev.overtake.bench.suite.Suite;
import java.util.List;
import java.util.Objects;

/** A test of PyTorch programs, as it was asked for on the command line. */
record PyTorchTest(BenchOptions options, PyTorchOptions pytorch, WrongUse use) {
  /** A batch loop that seldom synchronizes needs time, though requests come at a high rate. */
  private static final double LEAST_SECONDS = 20;

  /** With nothing left open; whatever is used wrongly is said. */
  PyTorchRequest request() {
    use.require(
        options.suite == Suite.TEST5,
        "PyTorch programs run test5: leave out '%s'",
        options.suite.label());
    use.require(
        options.threads == null
            && options.highShape == null
            && options.lowShape == null
            && options.edge == null
            && options.passesInFlight == null,
        "--threads, --high-shape, --low-shape, --edge and --passes-in-flight are not of PyTorch"
            + " programs: leave them out (--low-sync says how far their batch loop runs ahead)");
    use.require(pytorch.lowSync >= 1, "--low-sync is %d: give 1 or more", pytorch.lowSync);
    List<Mode> compared =
        options.modes == null ? List.of(Mode.baseline(), Mode.Shim.DEFAULT) : options.modes;
    for (Mode mode : compared) {
      use.require(
          !(mode instanceof Mode.Queues),
          "mode '%s' is of programs that have XQueues: PyTorch programs have native and overtake",
          mode.label());
    }
    // The default profile is calibrated on the host device; on a GPU the report's scale fits.
    Profile figures = options.profile == Profile.DEFAULT ? Profile.SEED : options.profile;
    Topology topology = programTopology();
    use.require(
        !pytorch.priorityPerRequest || topology == Topology.THREADS,
        "--priority-per-request is of a thread beside another: give --topology threads");
    use.require(
        !pytorch.priorityPerRequest || compared.stream().anyMatch(Mode.Shim.class::isInstance),
        "--priority-per-request is of mode overtake: give it among --modes");
    use.requirePositive("--high-batch", options.highBatch);
    use.requirePositive("--low-batch", options.lowBatch);
    double perSecond = options.rate == null ? figures.ratePerSecond() : options.rate;
    double seconds =
        options.secondsPerMode == null
            ? Math.max(LEAST_SECONDS, HighLoad.secondsForP99(perSecond))
            : options.secondsPerMode;
    return new PyTorchRequest(
        options.suite.label(),
        figures.toString(),
        options.device,
        pytorch.python,
        pytorch.shim(),
        topology,
        compared,
        new Workload(
            pytorch.eager,
            new Workload.High(
                Objects.requireNonNullElse(options.highModel, "resnet18"),
                Objects.requireNonNullElse(options.highBatch, figures.highBatch()),
                perSecond,
                options.arrivals,
                pytorch.priorityPerRequest),
            new Workload.Low(
                Objects.requireNonNullElse(options.lowModel, "resnet50"),
                Objects.requireNonNullElse(options.lowBatch, figures.lowBatch()),
                pytorch.lowSync,
                pytorch.lowTrain),
            options.seed),
        options.rounds,
        seconds,
        Objects.requireNonNullElse(pytorch.referenceSeconds, seconds),
        pytorch.startSeconds);
  }

  private Topology programTopology() {
    return switch (options.topology) {
      case null -> Topology.THREADS;
      case "threads" -> Topology.THREADS;
      case "processes" -> Topology.PROCESSES;
      default ->
          throw use.wrong(
              "--topology is '%s': PyTorch programs have threads or processes"
                  .formatted(options.topology));
    };
  }
}
