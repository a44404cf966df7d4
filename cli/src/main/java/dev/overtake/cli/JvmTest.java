package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Profile;
import dev.overtake.bench.suite.Suite;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.List;
import java.util.Objects;

/** A test on a GPU from within this JVM, as it was asked for on the command line. */
record JvmTest(BenchOptions options, PyTorchOptions pytorch, WrongUse use) {
  /** Without a scheduler; level 1 with few, one and many commands in flight; and level 2. */
  private static final List<Mode> MODES =
      List.of(
          Mode.baseline(),
          Mode.queues(4, 2, PreemptionLevel.L1),
          Mode.queues(1, 1, PreemptionLevel.L1),
          Mode.queues(16, 8, PreemptionLevel.L1),
          Mode.queues(16, 8, PreemptionLevel.L2));

  /** With nothing left open but what calibration finds; whatever is used wrongly is said. */
  ProductRequest request() {
    use.require(
        options.suite != Suite.TEST5,
        "on %s a JVM multiplies matrices: give test1 to test4",
        options.device);
    use.require(
        options.threads == null
            && options.highModel == null
            && options.lowModel == null
            && options.highShape == null
            && options.lowShape == null
            && options.highBatch == null
            && options.lowBatch == null
            && options.profile == Profile.DEFAULT,
        "%s multiplies matrices on %s: leave out --profile, --threads, and what is about models",
        options.suite.label(),
        options.device);
    use.require(pytorch.isSilent(), "%s: give test5", PyTorchOptions.OF_PROGRAMS);
    use.require(
        options.suite != Suite.TEST1 || options.topology == null,
        "test1 has one client, and nobody to share a stream with: leave out --topology");
    use.requirePositive("--edge", options.edge);
    use.requirePositive("--passes-in-flight", options.passesInFlight);
    List<Mode> modes = modes(options, use);
    return new ProductRequest(
        options.suite,
        options.device,
        options.queueTopologies(use),
        modes,
        options.rounds,
        options.secondsPerMode(),
        options.edge,
        options.rate,
        options.arrivals,
        Objects.requireNonNullElse(options.passesInFlight, 1),
        options.seed,
        options.trace != null);
  }

  /** What is compared: as asked, if this JVM can run it. */
  static List<Mode> modes(BenchOptions options, WrongUse use) {
    List<Mode> modes = Objects.requireNonNullElse(options.modes, MODES);
    use.require(
        modes.stream().noneMatch(Mode.Shim.class::isInstance),
        "mode overtake is of programs under the shim: "
            + (options.suite == Suite.TEST5
                ? "give --runner pytorch, or start the bench by 'overtake run'"
                : "give test5"));
    use.require(
        modes.stream().noneMatch(mode -> mode.level() == PreemptionLevel.L3),
        "level 3 is not to be had on %s: a running kernel cannot be interrupted",
        options.device);
    return modes;
  }
}
