package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model in ONNX Runtime, partitioned, with one session a segment. Passes may run side by side; a
 * pass itself belongs to one thread at a time. Close the passes before the model.
 */
public final class SegmentedModel implements AutoCloseable {
  private final BoundModel model;
  private final OrtRuntime runtime;
  private final List<Segment> segments;
  private final List<OrtSession> sessions;
  private final InputData input;
  private final List<String> outputs;

  private SegmentedModel(
      BoundModel model,
      OrtRuntime runtime,
      List<Segment> segments,
      List<OrtSession> sessions,
      InputData input) {
    this.model = model;
    this.runtime = runtime;
    this.segments = segments;
    this.sessions = sessions;
    this.input = input;
    this.outputs =
        model.proto().getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
  }

  /**
   * Partitions a model and opens a session for every segment. Takes as long as opening the model
   * twice. Nothing has run yet: the first pass is slower than the following ones.
   *
   * @param shape of the model's input: {@link OnnxModel#inputShape(long)} or {@link
   *     OnnxModel#inputShape(Shape)}
   * @throws ModelException if the shape does not fit the model, weights beside the file are
   *     missing, or ONNX Runtime does not accept the model, for an operator that it does not have,
   *     for example
   */
  public static SegmentedModel load(
      OnnxModel model, Shape shape, Granularity granularity, OrtRuntime runtime) {
    BoundModel bound = model.bind(shape);
    List<OrtSession> sessions = new ArrayList<>();
    try {
      List<Segment> segments =
          Partition.of(
              bound,
              granularity,
              (proto, values) -> {
                try {
                  return runtime.tensors(proto, bound.directory(), values);
                } catch (OrtException e) {
                  throw OrtFailure.onLoad(bound, e);
                }
              });
      for (Segment segment : segments) {
        sessions.add(runtime.open(segment.model(), bound.directory()));
      }
      InputData input = InputData.random(runtime.environment(), bound.elementType(), bound.shape());
      return new SegmentedModel(bound, runtime, segments, List.copyOf(sessions), input);
    } catch (OrtException e) {
      closeAll(sessions);
      throw OrtFailure.onLoad(bound, e);
    } catch (RuntimeException e) {
      closeAll(sessions);
      throw e;
    }
  }

  /** The model's name. */
  public String name() {
    return model.name();
  }

  /** The shape of the input that every pass is fed. */
  public Shape inputShape() {
    return model.shape();
  }

  /** How many segments a pass has; 1 or more. */
  public int segmentCount() {
    return segments.size();
  }

  /** The operator types of a segment's nodes, in order of execution; constants not counted. */
  public List<String> operators(int segment) {
    return segments.get(segment).operators();
  }

  /** One inference on the model's fixed random input, which all passes share. */
  public Pass newPass() {
    return new Pass(this, input.tensor(), () -> {});
  }

  /**
   * One inference on this input.
   *
   * @param values all elements of the input, outermost dimension first; copied
   * @throws IllegalArgumentException if the model does not take floats, or not this many
   */
  public Pass newPass(float[] values) {
    if (model.elementType() != DataType.FLOAT || values.length != model.shape().elementCount()) {
      throw new IllegalArgumentException(
          "model %s takes %s elements of type %s, but got %d floats"
              .formatted(model.name(), model.shape(), model.elementType(), values.length));
    }
    try {
      InputData own = InputData.copyOf(runtime.environment(), values, model.shape());
      return new Pass(this, own.tensor(), own::close);
    } catch (OrtException e) {
      throw OrtFailure.onLoad(model, e);
    }
  }

  Segment segment(int index) {
    return segments.get(index);
  }

  /** The name of the tensor that the segment after this one reads; empty after the last. */
  String carriedAfter(int index) {
    return index + 1 < segments.size() ? segments.get(index + 1).input() : "";
  }

  /** The graph's outputs, as the model declares them. */
  List<String> outputs() {
    return outputs;
  }

  OrtSession.Result run(int index, OnnxTensor carried) {
    try {
      return sessions.get(index).run(Map.of(segments.get(index).input(), carried));
    } catch (OrtException e) {
      throw OrtFailure.onRun(model, index, segments.size(), e);
    }
  }

  /** Releases the sessions and the shared input. Passes must be closed before. */
  @Override
  public void close() {
    closeAll(sessions);
    input.close();
  }

  private static void closeAll(List<OrtSession> sessions) {
    for (OrtSession session : sessions) {
      try {
        session.close();
      } catch (OrtException e) {
        // ONNX Runtime's release has no failure; the signature comes from the interface.
        throw new IllegalStateException(e);
      }
    }
  }
}
