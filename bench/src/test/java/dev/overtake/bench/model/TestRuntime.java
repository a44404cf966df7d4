package dev.overtake.bench.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;

/** The one ONNX Runtime of the test process, and what tests do with its values. */
public final class TestRuntime {
  /** Two, so that the pool has a thread of its own; every test in this process has to agree. */
  public static final OrtRuntime RUNTIME = OrtRuntime.withThreads(2);

  private TestRuntime() {}

  static float[] floats(OnnxValue value) {
    var buffer = ((OnnxTensor) value).getFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /** The ways to load a model, which must not differ in what it computes. */
  enum Loading {
    WHOLE,
    SEGMENTS;

    SegmentedModel load(OnnxModel model, Shape shape) {
      return this == WHOLE
          ? SegmentedModel.loadWhole(model, shape, RUNTIME)
          : SegmentedModel.load(model, shape, RUNTIME);
    }
  }

  /** The first output for this input. */
  static float[] run(OnnxModel model, Shape shape, Loading loading, float[] input) {
    try (var loaded = loading.load(model, shape);
        Pass pass = loaded.newPass(input)) {
      pass.runRemaining();
      return floats(pass.output());
    }
  }

  /** The first output for the fixed random input. */
  static float[] run(OnnxModel model, Shape shape, Loading loading) {
    try (var loaded = loading.load(model, shape);
        Pass pass = loaded.newPass()) {
      pass.runRemaining();
      return floats(pass.output());
    }
  }
}
