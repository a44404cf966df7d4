package dev.overtake.bench.harness;

import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.model.OnnxModel;
import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.model.TestRuntime;
import dev.overtake.bench.testing.FailingModel;

/** Real models that take microseconds. */
final class TinyModels {
  static final int SEGMENTS = 3;

  private TinyModels() {}

  /** A pass of {@link #SEGMENTS} commands. */
  static SegmentedModel working() {
    return load(MatMulChain.model(8, SEGMENTS, 1));
  }

  static SegmentedModel failing() {
    return load(FailingModel.create());
  }

  private static SegmentedModel load(OnnxModel model) {
    return SegmentedModel.load(model, Shape.of(8, 8), TestRuntime.RUNTIME);
  }
}
