package dev.overtake.bench.harness;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.model.OnnxModel;
import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.model.TestRuntime;

/** Real models that take microseconds. */
final class TinyModels {
  static final int SEGMENTS = 3;

  private TinyModels() {}

  /** A pass of {@link #SEGMENTS} commands. */
  static SegmentedModel working() {
    return load(MatMulChain.model(8, SEGMENTS, 1));
  }

  /** A model that can be loaded and not run: its matrices turn out not to fit one another. */
  static SegmentedModel failing() {
    ModelProto.Builder model = MatMulChain.model(8, 1, 1).proto().toBuilder();
    model
        .getGraphBuilder()
        .clearNode()
        .addNode(node("NonZero", "indices").addInput("x"))
        .addNode(
            node("Cast", "floats")
                .addInput("indices")
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(TensorProto.DataType.FLOAT_VALUE)))
        .addNode(node("MatMul", "product1").addInput("floats").addInput("weight"));
    return load(OnnxModel.of("failing", model.build()));
  }

  private static NodeProto.Builder node(String operator, String name) {
    return NodeProto.newBuilder().setOpType(operator).setName(name).addOutput(name);
  }

  private static SegmentedModel load(OnnxModel model) {
    return SegmentedModel.load(model, Shape.of(8, 8), TestRuntime.RUNTIME);
  }
}
