package dev.overtake.cli;

import dev.overtake.bench.cuda.ModelRequest;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.suite.HighLoad;
import dev.overtake.bench.suite.Profile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Test5 with compiled models on a GPU from within this JVM, as it was asked for.
 *
 * @param environment of this JVM
 */
record JvmModelTest(
    BenchOptions options, PyTorchOptions pytorch, WrongUse use, Map<String, String> environment) {
  /** What bounds work in flight, of those that {@code overtake run} sets. */
  private static final List<String> BOUNDS =
      List.of("OVERTAKE_IN_FLIGHT_US", "OVERTAKE_THRESHOLD", "OVERTAKE_BATCH");

  /** Whether {@code overtake run} started this JVM. */
  boolean underShim() {
    return environment.getOrDefault("LD_PRELOAD", "").contains("libovertake.so");
  }

  /** With nothing left open; whatever is used wrongly is said. */
  ModelRequest request() {
    use.require(
        options.threads == null
            && options.highShape == null
            && options.lowShape == null
            && options.edge == null,
        "--threads, --edge and shapes are of other tests: a compiled model has its shapes");
    use.require(pytorch.isSilent(), "%s: give --runner pytorch", PyTorchOptions.OF_PROGRAMS);
    use.requirePositive("--passes-in-flight", options.passesInFlight);
    use.requirePositive("--high-batch", options.highBatch);
    use.requirePositive("--low-batch", options.lowBatch);
    List<Mode> modes = modes();
    // The default profile is calibrated on the host device; on a GPU the report's scale fits.
    Profile figures = options.profile == Profile.DEFAULT ? Profile.SEED : options.profile;
    double perSecond = options.rate == null ? figures.ratePerSecond() : options.rate;
    return new ModelRequest(
        figures.toString(),
        options.device,
        options.queueTopologies(use),
        modes,
        options.rounds,
        options.secondsPerMode == null ? HighLoad.secondsForP99(perSecond) : options.secondsPerMode,
        folder(options.highModel, "resnet18", options.highBatch, figures.highBatch()),
        perSecond,
        options.arrivals,
        folder(options.lowModel, "resnet50", options.lowBatch, figures.lowBatch()),
        Objects.requireNonNullElse(options.passesInFlight, figures.passesInFlight()),
        options.seed,
        options.trace != null);
  }

  /**
   * Under {@code overtake run} the shim schedules the whole JVM: nothing there is a baseline, nor
   * does an XQueue decide alone.
   */
  private List<Mode> modes() {
    if (!underShim()) {
      return JvmTest.modes(options, use);
    }
    List<Mode> modes = Objects.requireNonNullElse(options.modes, List.<Mode>of(Mode.Shim.DEFAULT));
    use.require(
        modes.stream().allMatch(mode -> mode instanceof Mode.Shim && mode.level() == null),
        "under 'overtake run' this JVM is scheduled by the shim, at the level that was told: give"
            + " --modes overtake, overtake:100us or overtake:2:1, or leave out 'overtake run'");
    use.require(
        BOUNDS.stream().noneMatch(environment::containsKey),
        "the modes say how much is launched ahead: give --modes overtake:100us or overtake:2:1, no"
            + " such option to 'overtake run', and leave %s unset",
        String.join(", ", BOUNDS));
    try {
      modes.forEach(mode -> OwnQueues.hints((Mode.Shim) mode));
    } catch (IllegalArgumentException e) {
      throw use.wrong("--modes: " + e.getMessage());
    }
    return modes;
  }

  /** As the export script names it, or as it was said. */
  private Path folder(
      @Nullable String asked, String name, @Nullable Integer askedBatch, int figures) {
    use.require(
        asked == null || askedBatch == null,
        "a compiled model has its batch: give --high-model or --high-batch, and likewise for low");
    return Objects.requireNonNullElse(options.models, Path.of("models"))
        .resolve(
            asked != null
                ? asked
                : "%s-b%d".formatted(name, Objects.requireNonNullElse(askedBatch, figures)));
  }
}
