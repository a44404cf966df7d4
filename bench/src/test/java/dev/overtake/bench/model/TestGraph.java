package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/** Small ONNX graphs written by hand, correct or not. */
final class TestGraph {
  final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  long irVersion = 8;

  /** A graph whose input {@code x} is a vector of 4 floats. */
  static TestGraph ofVector() {
    return new TestGraph().input("x", DataType.FLOAT, 4);
  }

  TestGraph input(String name, DataType type, Object... dimensions) {
    graph.addInput(value(name, type, dimensions));
    return this;
  }

  TestGraph output(String... names) {
    for (String name : names) {
      graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    }
    return this;
  }

  /** Adds a node that writes one value and is called like it. */
  TestGraph node(String operator, String output, String... inputs) {
    return node(operator, output, List.of(inputs));
  }

  TestGraph node(
      String operator, String output, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes)));
    return this;
  }

  TestGraph initializer(String name, float... values) {
    graph.addInitializer(floats(name, values));
    return this;
  }

  OnnxModel model() {
    return OnnxModel.of("test", proto());
  }

  ModelProto proto() {
    return ModelProto.newBuilder()
        .setIrVersion(irVersion)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  static TensorProto floats(String name, float... values) {
    var tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT_VALUE)
            .addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  static AttributeProto tensor(String name, TensorProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.TENSOR)
        .setT(value)
        .build();
  }

  static AttributeProto subgraph(String name, GraphProto.Builder value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(value.setName(name))
        .build();
  }

  static ValueInfoProto value(String name, DataType type, Object... dimensions) {
    var shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      var proto = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(
          dimension instanceof Number number
              ? proto.setDimValue(number.longValue())
              : proto.setDimParam(dimension.toString()));
    }
    var tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
