package dev.overtake.bench.model;

import ai.onnxruntime.OrtException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in terms of the model what ONNX Runtime reports in terms of its own. */
final class OrtFailure {
  /** No schema: ONNX Runtime has never heard of the operator, or not in this version of it. */
  private static final Pattern UNKNOWN_OPERATOR =
      Pattern.compile("(\\S+) is not a registered function/op");

  /** No schema either, for an operator set that ONNX Runtime does not know at all. */
  private static final Pattern NO_KERNEL =
      Pattern.compile("Could not find an implementation for (\\S+) node");

  private OrtFailure() {}

  static ModelException onLoad(BoundModel model, OrtException e) {
    String message = String.valueOf(e.getMessage());
    for (Pattern pattern : new Pattern[] {UNKNOWN_OPERATOR, NO_KERNEL}) {
      Matcher matcher = pattern.matcher(message);
      if (matcher.find()) {
        return new ModelException(
            "model %s: ONNX Runtime has no operator %s; export the model with standard ONNX operators"
                .formatted(model.name(), matcher.group(1)),
            e);
      }
    }
    return new ModelException(
        "model %s: ONNX Runtime does not load it with input %s (%s); check the shape, or export the model again"
            .formatted(model.name(), model.shape(), message),
        e);
  }

  static ModelException onRun(BoundModel model, int segment, int segmentCount, OrtException e) {
    return new ModelException(
        "model %s: segment %d of %d fails on input %s (%s); give a shape that the model can compute"
            .formatted(model.name(), segment + 1, segmentCount, model.shape(), e.getMessage()),
        e);
  }
}
