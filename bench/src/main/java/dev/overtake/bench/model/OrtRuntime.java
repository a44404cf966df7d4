package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEnvironment.ThreadingOptions;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime in this process: one environment, and in it one pool of threads that all sessions
 * share. Both last as long as the process, and the size of the pool cannot be changed: ONNX Runtime
 * makes its environment once. Safe for use by any number of threads.
 *
 * <p>The pool does not spin while it waits: a waiting thread that burns a core would take it from
 * the very work that it is measured against.
 */
public final class OrtRuntime {
  private static final String EXTERNAL_DATA_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private static final String OPTIMIZED_WEIGHTS_FILE =
      "session.optimized_model_external_initializers_file_name";

  /** In bytes; smaller tensors stay in the file of the graph, where shape inference sees them. */
  private static final String OPTIMIZED_WEIGHTS_MINIMUM =
      "session.optimized_model_external_initializers_min_size_in_bytes";

  private static @Nullable OrtRuntime instance;

  private final OrtEnvironment environment;
  private final int threads;

  private OrtRuntime(OrtEnvironment environment, int threads) {
    this.environment = environment;
    this.threads = threads;
  }

  /**
   * The process's runtime; the first call makes it.
   *
   * @param threads how many threads compute one operator, the calling thread included; 1 or more
   * @throws IllegalArgumentException if {@code threads} is less than 1
   * @throws IllegalStateException if the process already has a runtime with another number of
   *     threads, or an ONNX Runtime environment that was not made here
   */
  public static synchronized OrtRuntime withThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("At least 1 thread is needed, but got " + threads);
    }
    OrtRuntime existing = instance;
    if (existing == null) {
      existing = new OrtRuntime(newEnvironment(threads), threads);
      instance = existing;
    }
    if (existing.threads != threads) {
      throw new IllegalStateException(
          "ONNX Runtime with %d threads was asked for, but this process has it with %d and cannot change it; start another process"
              .formatted(threads, existing.threads));
    }
    return existing;
  }

  private static OrtEnvironment newEnvironment(int threads) {
    try (var options = new ThreadingOptions()) {
      // The pool is the calling thread and threads - 1 others.
      options.setGlobalIntraOpNumThreads(threads);
      options.setGlobalInterOpNumThreads(1);
      options.setGlobalSpinControl(false);
      return OrtEnvironment.getEnvironment(
          // Errors come back as exceptions; a log on stderr beside them says them twice.
          OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "overtake", options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refused " + threads + " threads", e);
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** A session for a model that ONNX Runtime optimizes as a whole. */
  OrtSession open(BoundModel model) throws OrtException {
    try (SessionOptions options = options(OptLevel.ALL_OPT, model.directory())) {
      return environment.createSession(model.proto().toByteArray(), options);
    }
  }

  /**
   * A session for a part of a model that is optimized already.
   *
   * @param directory where {@link #optimize} left the weights
   * @param arena whether the session keeps the memory of its tensors for the next run
   */
  OrtSession openPart(ModelProto part, Path directory, boolean arena) throws OrtException {
    try (SessionOptions options = options(OptLevel.NO_OPT, directory)) {
      options.setCPUArenaAllocator(arena);
      return environment.createSession(part.toByteArray(), options);
    }
  }

  /**
   * The graph that ONNX Runtime makes of a model and would execute: constants folded, operators
   * fused, tensors in the layout that this machine's kernels like. It is good for this machine
   * only.
   *
   * @param directory receives the weights, and must stay until the sessions are open
   */
  BoundModel optimize(BoundModel model, Path directory) throws OrtException, IOException {
    Path file = directory.resolve("optimized.onnx");
    try (SessionOptions options = options(OptLevel.ALL_OPT, model.directory())) {
      options.setOptimizedModelFilePath(file.toString());
      // Beside the file, weights need not pass through the Java heap, and may exceed 2 GiB.
      options.addConfigEntry(OPTIMIZED_WEIGHTS_FILE, "weights");
      options.addConfigEntry(OPTIMIZED_WEIGHTS_MINIMUM, "1024");
      environment.createSession(model.proto().toByteArray(), options).close();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return model.withGraph(ModelProto.parseFrom(in), directory);
    }
  }

  /**
   * The types that ONNX Runtime derives for values inside a model; what is no tensor is left out.
   *
   * @param directory where the model's external data lies; null if it has none
   */
  Map<String, ValueInfoProto> tensors(
      ModelProto model, @Nullable Path directory, Set<String> values) throws OrtException {
    ModelProto.Builder exposed = model.toBuilder();
    Set<String> outputs = new HashSet<>();
    model.getGraph().getOutputList().forEach(output -> outputs.add(output.getName()));
    for (String value : values) {
      if (outputs.add(value)) {
        exposed.getGraphBuilder().addOutput(BoundModel.untyped(value));
      }
    }
    Map<String, ValueInfoProto> types = new HashMap<>();
    try (SessionOptions options = options(OptLevel.NO_OPT, directory);
        OrtSession session = environment.createSession(exposed.build().toByteArray(), options)) {
      for (NodeInfo output : session.getOutputInfo().values()) {
        if (values.contains(output.getName()) && output.getInfo() instanceof TensorInfo tensor) {
          types.put(
              output.getName(),
              BoundModel.value(output.getName(), elementType(tensor), tensor.getShape()));
        }
      }
    }
    return types;
  }

  private static SessionOptions options(OptLevel optimization, @Nullable Path directory)
      throws OrtException {
    var options = new SessionOptions();
    options.disablePerSessionThreads();
    options.setExecutionMode(ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(optimization);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    if (directory != null) {
      options.addConfigEntry(EXTERNAL_DATA_FOLDER, directory.toString());
    }
    return options;
  }

  /** The two enumerations have their names in common, and not their numbers. */
  private static DataType elementType(TensorInfo tensor) {
    return DataType.valueOf(
        tensor.onnxType.name().substring("ONNX_TENSOR_ELEMENT_DATA_TYPE_".length()));
  }
}
