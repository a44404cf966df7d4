package dev.overtake.bench.model;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in terms of the model what ONNX Runtime reports in terms of its own. */
final class OrtFailure {
  /**
   * What ONNX Runtime says of an operator that it lacks: one for a standard name that it has never
   * heard of, one for a name in somebody's own domain, and one where it knows the operator and has
   * no code for it.
   */
  private static final List<Pattern> MISSING_OPERATOR =
      List.of(
          Pattern.compile("No Op registered for (\\S+) with"),
          Pattern.compile("(\\S+?)(?:\\(-?\\d+\\))? is not a registered function/op"),
          Pattern.compile("Could not find an implementation for (\\S+?)(?:\\(\\d+\\))? node"));

  private static final Pattern PREAMBLE = Pattern.compile("^Error code - \\w+ - message: ");

  private OrtFailure() {}

  static ModelException onLoad(BoundModel model, OrtException e) {
    String message = message(e);
    for (Pattern pattern : MISSING_OPERATOR) {
      Matcher matcher = pattern.matcher(message);
      if (matcher.find()) {
        return new ModelException(
            "model %s: ONNX Runtime has no operator %s for it; export the model with standard ONNX operators"
                .formatted(model.name(), matcher.group(1)),
            e);
      }
    }
    return new ModelException(
        "model %s: ONNX Runtime does not load it with input %s (%s); check the shape, or export the model again"
            .formatted(model.name(), model.shape(), message),
        e);
  }

  static ModelException onRun(SegmentedModel model, int segment, OrtException e) {
    return new ModelException(
        "model %s: segment %d of %d fails on input %s (%s); give a shape that the model can compute"
            .formatted(
                model.name(), segment + 1, model.segmentCount(), model.inputShape(), message(e)),
        e);
  }

  private static String message(OrtException e) {
    return PREAMBLE.matcher(String.valueOf(e.getMessage())).replaceFirst("");
  }
}
