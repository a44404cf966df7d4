package dev.overtake.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code overtake bench} is told about PyTorch programs, beyond what every test has. */
final class PyTorchOptions {
  /** What is said of those options that {@link #isSilent} is about. */
  static final String OF_PROGRAMS =
      "--eager, --low-train, --priority-per-request and --reference-duration are of PyTorch"
          + " programs";

  /** How the launcher says where the jars and the library are. */
  private static final String HOME_PROPERTY = "overtake.home";

  @Option(
      names = "--runner",
      paramLabel = "RUNNER",
      description =
          "What the models run in: host, ONNX Runtime in this process; jvm, in this process on a"
              + " GPU, cuBLAS and, for test5, models that PyTorch has compiled (--models); pytorch,"
              + " PyTorch programs of their own. Default: host on the host; on a GPU jvm, and"
              + " pytorch for test5.")
  @Nullable String runner;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      defaultValue = "python3",
      description = "The interpreter that has PyTorch and torchvision. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  String python;

  @Option(
      names = "--shim",
      paramLabel = "FILE",
      description = "libovertake.so, for modes that need it. Default: the one built with Overtake.")
  private @Nullable Path shim;

  @Option(names = "--eager", description = "PyTorch: models are neither traced nor frozen.")
  boolean eager;

  @Option(
      names = "--low-sync",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "PyTorch: iterations of the batch loop between synchronizations; 1 is a synchronous loop."
              + " Default: ${DEFAULT-VALUE}.")
  int lowSync;

  @Option(names = "--low-train", description = "PyTorch: the batch loop trains, eagerly.")
  boolean lowTrain;

  @Option(
      names = "--priority-per-request",
      description =
          "PyTorch, topology threads, mode overtake: the high side's thread has its priority for"
              + " each request only, as 'with overtake.priority(10)' around it gives; otherwise for"
              + " good.")
  boolean priorityPerRequest;

  @Option(
      names = "--reference-duration",
      paramLabel = "TIME",
      converter = BenchConverters.SecondsConverter.class,
      description =
          "PyTorch: how long that is measured which needs no P99: the native mode, and what the"
              + " shim costs each side alone. Default: as the others.")
  @Nullable Double referenceSeconds;

  @Option(
      names = "--start-timeout",
      paramLabel = "TIME",
      defaultValue = "180s",
      converter = BenchConverters.SecondsConverter.class,
      description = "PyTorch: how long programs may take to be ready. Default: ${DEFAULT-VALUE}.")
  double startSeconds;

  /** Whether nothing was asked that only PyTorch programs can do. */
  boolean isSilent() {
    return !eager && !lowTrain && !priorityPerRequest && referenceSeconds == null;
  }

  /** Where the shim is; null if nobody said so. */
  @Nullable Path shim() {
    String home = System.getProperty(HOME_PROPERTY);
    return shim != null || home == null ? shim : Path.of(home, "libovertake.so");
  }
}
