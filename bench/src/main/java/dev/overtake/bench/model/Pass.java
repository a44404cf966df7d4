package dev.overtake.bench.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One inference, segment by segment. Between two segments it holds the one tensor that crosses, and
 * the graph outputs computed so far; nothing after {@link #close}, at whatever point that comes.
 *
 * <p>Used by one thread at a time, not always the same; whoever hands it on sees to visibility, as
 * a queue or a thread start does.
 */
public final class Pass implements AutoCloseable {
  private final SegmentedModel model;
  private final Runnable releaseInput;
  private final Map<String, OnnxValue> outputs = new HashMap<>();

  /** What the next segment reads; null when the last segment has run, or after close. */
  private @Nullable OnnxTensor carried;

  /** Whether nobody else releases {@link #carried}: it is neither the input nor an output. */
  private boolean ownsCarried;

  private int next;
  private boolean closed;

  Pass(SegmentedModel model, OnnxTensor input, Runnable releaseInput) {
    this.model = model;
    this.carried = input;
    this.releaseInput = releaseInput;
  }

  /**
   * Runs a segment, in this thread, on what the segment before it left.
   *
   * @param index 0 first, then each following one, once
   * @throws IllegalStateException if another segment is due, or the pass is closed
   * @throws ModelException if ONNX Runtime cannot compute the segment; the pass can only be closed
   *     then
   */
  public void runSegment(int index) {
    OnnxTensor input = carried;
    if (index != next || input == null) {
      throw new IllegalStateException(
          "Segment %d of %s was asked for, but %s"
              .formatted(
                  index,
                  model.name(),
                  input == null ? "the pass has ended" : "segment " + next + " is due"));
    }
    // Not closed: the values in it are released one by one, each when it has no more use.
    OrtSession.Result results = model.run(index, input);
    String carriedName = model.carriedAfter(index);
    OnnxTensor following = null;
    boolean ownsFollowing = false;
    for (Map.Entry<String, OnnxValue> result : results) {
      boolean isOutput = model.outputs().contains(result.getKey());
      if (isOutput) {
        outputs.put(result.getKey(), result.getValue());
      }
      if (result.getKey().equals(carriedName)) {
        following = (OnnxTensor) result.getValue();
        ownsFollowing = !isOutput;
      }
    }
    if (ownsCarried) {
      input.close();
    }
    carried = following;
    ownsCarried = ownsFollowing;
    next++;
  }

  /** Runs the segments that have not run yet, in order. */
  public void runRemaining() {
    while (next < model.segmentCount()) {
      runSegment(next);
    }
  }

  /**
   * The first of the model's outputs, valid until {@link #close}.
   *
   * @throws IllegalStateException if its segment has not run yet
   */
  public OnnxValue output() {
    return output(model.outputs().getFirst());
  }

  /**
   * The output of this name, valid until {@link #close}.
   *
   * @throws IllegalStateException if the model has no such output, or its segment has not run yet
   */
  public OnnxValue output(String name) {
    OnnxValue value = outputs.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "Output %s of %s is not there: %d of %d segments have run, outputs are %s"
              .formatted(name, model.name(), next, model.segmentCount(), model.outputs()));
    }
    return value;
  }

  /** Releases what the pass holds, outputs included; a second call does nothing. */
  @Override
  public void close() {
    OnnxTensor last = carried;
    carried = null;
    if (last != null && ownsCarried) {
      last.close();
    }
    outputs.values().forEach(OnnxValue::close);
    outputs.clear();
    if (!closed) {
      closed = true;
      releaseInput.run();
    }
  }
}
