package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model in ONNX Runtime, partitioned, with one session a segment. Passes may run side by side; a
 * pass itself belongs to one thread at a time. Close the passes before the model.
 */
public final class SegmentedModel implements AutoCloseable {
  /**
   * Up to this size of input, sessions keep the memory of their tensors for the next run. Together
   * ResNet-50's keep some 50 times the input, so 32 MiB (55 images of 3x224x224) become 1.6 GiB.
   */
  private static final double ARENA_INPUT_BYTES = 32 << 20;

  private final String name;
  private final DataType elementType;
  private final Shape inputShape;
  private final List<String> outputs;
  private final List<Step> steps;
  private final InputData input;
  private final OrtRuntime runtime;
  private final AtomicInteger openPasses = new AtomicInteger();
  private boolean closed;

  /**
   * A segment that is ready to run; its weights are in the session and no longer on the Java heap.
   *
   * @param carried the tensor that the next segment reads; empty for the last
   */
  private record Step(OrtSession session, String input, String carried, List<String> operators) {}

  private SegmentedModel(BoundModel model, List<Step> steps, InputData input, OrtRuntime runtime) {
    this.name = model.name();
    this.elementType = model.elementType();
    this.inputShape = model.shape();
    this.outputs =
        model.proto().getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
    this.steps = List.copyOf(steps);
    this.input = input;
    this.runtime = runtime;
  }

  /**
   * Partitions a model and opens a session for every segment.
   *
   * <p>What is partitioned is the graph that ONNX Runtime makes of the model, in which a
   * convolution and the activation behind it, for example, are one node. Cut before that, a model
   * would lose its fusions and convert the layout of every tensor that crosses.
   *
   * <p>Takes several times as long as opening the model whole, and while it does as much room in
   * the temporary directory as the weights. Nothing has run yet: the first pass is slower than the
   * following ones.
   *
   * @param shape of the model's input: {@link OnnxModel#inputShape(long)} or {@link
   *     OnnxModel#inputShape(Shape)}
   * @throws ModelException if the shape does not fit the model or is too large, weights beside the
   *     file are missing, or ONNX Runtime does not accept the model, for an operator that it does
   *     not have, for example
   */
  public static SegmentedModel load(OnnxModel model, Shape shape, OrtRuntime runtime) {
    return load(model.bind(shape), runtime, SegmentedModel::openSegments);
  }

  /**
   * Opens a model as a single segment: what a partition is compared with. Otherwise as {@link
   * #load}.
   */
  static SegmentedModel loadWhole(OnnxModel model, Shape shape, OrtRuntime runtime) {
    return load(model.bind(shape), runtime, SegmentedModel::openWhole);
  }

  /** Opens the sessions of a model; those that it had opened when it fails are in the list. */
  private interface Opening {
    void open(BoundModel model, OrtRuntime runtime, List<Step> steps)
        throws OrtException, IOException;
  }

  private static SegmentedModel load(BoundModel model, OrtRuntime runtime, Opening opening) {
    List<Step> steps = new ArrayList<>();
    try {
      opening.open(model, runtime, steps);
      InputData input = InputData.random(runtime.environment(), model.elementType(), model.shape());
      return new SegmentedModel(model, steps, input, runtime);
    } catch (OrtException e) {
      closeAll(steps);
      throw OrtFailure.onLoad(model, e);
    } catch (IOException | UncheckedIOException e) {
      closeAll(steps);
      throw new ModelException(
          "model %s: its optimized form cannot be kept in the temporary directory (%s); make room there, or name another with -Djava.io.tmpdir"
              .formatted(model.name(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      closeAll(steps);
      throw e;
    }
  }

  private static void openWhole(BoundModel model, OrtRuntime runtime, List<Step> steps)
      throws OrtException {
    List<String> operators =
        GraphOrder.of(model.name(), model.proto().getGraph()).stream()
            .map(NodeProto::getOpType)
            .toList();
    steps.add(new Step(runtime.open(model), model.input(), "", operators));
  }

  private static void openSegments(BoundModel model, OrtRuntime runtime, List<Step> steps)
      throws OrtException, IOException {
    // Every session has an arena of its own, as large as its own peak. With large batches their sum
    // is many times what the whole model needs; giving memory back after every segment then costs
    // some 15 %, which is better than swapping.
    boolean arena = InputData.bytes(model.elementType(), model.shape()) <= ARENA_INPUT_BYTES;
    try (var scratch = new Scratch()) {
      Path weights = scratch.directory();
      BoundModel optimized = runtime.optimize(model, weights);
      List<Segment> segments =
          Partition.of(optimized, (graph, values) -> runtime.tensors(graph, weights, values));
      for (int i = 0; i < segments.size(); i++) {
        Segment segment = segments.get(i);
        String carried = i + 1 < segments.size() ? segments.get(i + 1).input() : "";
        OrtSession session = runtime.openPart(segment.model(), weights, arena);
        steps.add(new Step(session, segment.input(), carried, segment.operators()));
      }
    }
  }

  /** The model's name. */
  public String name() {
    return name;
  }

  /** The shape of the input that every pass is fed. */
  public Shape inputShape() {
    return inputShape;
  }

  /** How many segments a pass has; 1 or more. */
  public int segmentCount() {
    return steps.size();
  }

  /** The operator types of a segment's nodes, in order of execution; constants not counted. */
  List<String> operators(int segment) {
    return steps.get(segment).operators();
  }

  /** One inference on the model's fixed random input, which all passes share. */
  public Pass newPass() {
    openPasses.incrementAndGet();
    return new Pass(this, input.tensor(), openPasses::decrementAndGet);
  }

  /**
   * One inference on this input.
   *
   * @param values all elements of the input, outermost dimension first; copied
   * @throws IllegalArgumentException if the model does not take floats, or not this many
   */
  Pass newPass(float[] values) {
    if (elementType != DataType.FLOAT || values.length != inputShape.elementCount()) {
      throw new IllegalArgumentException(
          "model %s takes %s elements of type %s, but got %d floats"
              .formatted(name, inputShape, elementType, values.length));
    }
    try {
      InputData own = InputData.copyOf(runtime.environment(), values, inputShape);
      openPasses.incrementAndGet();
      return new Pass(
          this,
          own.tensor(),
          () -> {
            own.close();
            openPasses.decrementAndGet();
          });
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refused an input that fits the model", e);
    }
  }

  /** Passes that were begun and not closed yet: what they hold is outside the Java heap. */
  public int openPasses() {
    return openPasses.get();
  }

  /** The name of the tensor that the segment after this one reads; empty after the last. */
  String carriedAfter(int index) {
    return steps.get(index).carried();
  }

  /** The graph's outputs, as the model declares them. */
  List<String> outputs() {
    return outputs;
  }

  OrtSession.Result run(int index, OnnxTensor carried) {
    Step step = steps.get(index);
    try {
      return step.session().run(Map.of(step.input(), carried));
    } catch (OrtException e) {
      throw OrtFailure.onRun(this, index, e);
    }
  }

  /** Releases the sessions and the shared input; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeAll(steps);
      input.close();
    }
  }

  private static void closeAll(List<Step> steps) {
    for (Step step : steps) {
      try {
        step.session().close();
      } catch (OrtException e) {
        // ONNX Runtime's release has no failure; the signature comes from the interface.
        throw new IllegalStateException(e);
      }
    }
  }
}
