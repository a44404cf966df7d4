package dev.overtake.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the bench, after calibration has filled in what the user left open.
 *
 * @param suite which test, for example {@code test5}
 * @param profile {@code default} (calibrated to the machine) or {@code seed} (the first report's
 *     figures)
 * @param runner what the models run in: {@link #HOST}, {@link #JVM} or {@link #PYTORCH}
 * @param high the latency-critical side; null if the suite has none
 * @param low the batch side; null if the suite has none
 * @param rounds how often each mode is measured, interleaved with the others
 * @param secondsPerRound how long one mode is measured in one round, if not some of them shorter
 * @param seed of every random choice: arrivals, weights and inputs
 */
public record Configuration(
    String suite,
    String profile,
    String runner,
    @Nullable HighWorkload high,
    @Nullable LowWorkload low,
    int rounds,
    double secondsPerRound,
    long seed) {

  /** Runner of the host device: ONNX Runtime in this JVM. */
  public static final String HOST = "host";

  /** Runner of a GPU's libraries in this JVM. */
  public static final String JVM = "jvm";

  /** Runner of PyTorch programs in processes of their own. */
  public static final String PYTORCH = "pytorch";

  /** Checks that nothing is missing and no amount is negative. */
  public Configuration {
    Objects.requireNonNull(suite, "suite");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(runner, "runner");
    Require.count("rounds", rounds);
    Require.amount("secondsPerRound", secondsPerRound);
  }
}
