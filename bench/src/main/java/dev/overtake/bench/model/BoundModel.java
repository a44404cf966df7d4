package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model whose input has a definite shape, written so that ONNX Runtime derives everything else.
 *
 * @param name for messages
 * @param proto the model as {@link #normalize} leaves it
 * @param input the name of its one input
 * @param elementType of the input
 * @param shape of the input
 * @param directory where external data lies; null for a model in memory
 */
record BoundModel(
    String name,
    ModelProto proto,
    String input,
    DataType elementType,
    Shape shape,
    @Nullable Path directory) {

  /** From this IR version on, an initializer that is not an input is a constant. */
  private static final int IR_VERSION_WITH_CONSTANT_INITIALIZERS = 4;

  /**
   * The model with its input fixed. Initializers cease to be inputs: nobody will override them, and
   * only then may ONNX Runtime fold them. Declared types of other values go: exporters write the
   * shapes of the example that they traced, which contradict any other input shape.
   */
  static ModelProto normalize(ModelProto proto, ModelInput input, Shape shape) {
    GraphProto.Builder graph =
        proto.getGraph().toBuilder()
            .clearInput()
            .clearValueInfo()
            .clearOutput()
            .clearQuantizationAnnotation()
            .addInput(value(input.name(), input.elementType(), shape.toArray()));
    proto.getGraph().getOutputList().forEach(output -> graph.addOutput(untyped(output.getName())));
    return proto.toBuilder()
        .setIrVersion(Math.max(proto.getIrVersion(), IR_VERSION_WITH_CONSTANT_INITIALIZERS))
        .clearTrainingInfo()
        .setGraph(graph)
        .build();
  }

  /** The same input into another graph, whose external data lies in another directory. */
  BoundModel withGraph(ModelProto graph, Path data) {
    return new BoundModel(name, graph, input, elementType, shape, data);
  }

  /** A tensor value; a dimension that is not positive stays unknown. */
  static ValueInfoProto value(String name, DataType elementType, long[] dimensions) {
    var shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      var size = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(dimension > 0 ? size.setDimValue(dimension) : size);
    }
    var tensor = TypeProto.Tensor.newBuilder().setElemType(elementType.getNumber()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** A value whose type ONNX Runtime derives. */
  static ValueInfoProto untyped(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }
}
