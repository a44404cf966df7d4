package dev.overtake.bench.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.model.OnnxModel;

/**
 * A model that can be loaded and not run: that its matrices do not fit shows only once the number
 * of the input's elements that are not zero is known.
 */
public final class FailingModel {
  private FailingModel() {}

  /** For an input of 8x8 floats. */
  public static OnnxModel create() {
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
    return OnnxModel.of("failing", model.build());
  }

  private static NodeProto.Builder node(String operator, String name) {
    return NodeProto.newBuilder().setOpType(operator).setName(name).addOutput(name);
  }
}
