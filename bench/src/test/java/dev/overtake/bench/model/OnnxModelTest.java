package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.TensorInfo;
import dev.overtake.bench.model.TestRuntime.Loading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxModelTest {
  @TempDir Path directory;

  @Test
  void readsAFile() throws IOException {
    Path file = write("good.onnx", TestGraph.ofVector().node("Relu", "y", "x").output("y").proto());
    OnnxModel model = OnnxModel.read(file);
    assertThat(model.name()).isEqualTo(file.toString());
    assertThat(TestRuntime.run(model, Shape.of(4), Loading.SEGMENTS, new float[] {-1, 2, -3, 4}))
        .containsExactly(0, 2, 0, 4);
  }

  @Test
  void aMissingFile() {
    Path file = directory.resolve("absent.onnx");
    refuses(() -> OnnxModel.read(file), file + ": no such file; give the path of an ONNX file");
  }

  @Test
  void aDirectory() {
    refuses(() -> OnnxModel.read(directory), "this is a directory; give the path");
  }

  @Test
  void aFileThatIsNotOnnx() throws IOException {
    Path text = Files.writeString(directory.resolve("text.onnx"), "version https://example\n");
    Path empty = Files.createFile(directory.resolve("empty.onnx"));
    ModelProto good = TestGraph.ofVector().node("Relu", "y", "x").output("y").proto();
    byte[] bytes = good.toByteArray();
    Path cut = Files.write(directory.resolve("cut.onnx"), Arrays.copyOf(bytes, 20));
    for (Path file : new Path[] {text, empty, cut}) {
      refuses(() -> OnnxModel.read(file), file + ": not an ONNX model; export the network as ONNX");
    }
  }

  @Test
  void twoInputs() {
    var graph = TestGraph.ofVector().input("mask", DataType.FLOAT, 4).node("Add", "y", "x", "mask");
    refuses(graph.output("y")::model, "test: has 2 inputs (x, mask), but exactly one can be fed");
  }

  @Test
  void noInput() {
    var graph = new TestGraph().initializer("w", 1).node("Relu", "y", "w").output("y");
    refuses(graph::model, "test: has no input, but exactly one can be fed");
  }

  @Test
  void nothingToRun() {
    refuses(TestGraph.ofVector().output("x")::model, "has 0 nodes and 1 outputs");
  }

  /** Up to IR version 3 initializers are inputs as well, which does not make them ones to feed. */
  @Test
  void anInitializerIsNoInputToFeed() {
    var graph =
        TestGraph.ofVector()
            .input("w", DataType.FLOAT, 1)
            .initializer("w", 3)
            .node("Mul", "z", "x", "w")
            .node("Exp", "e", "z")
            .node("Log", "y", "e")
            .output("y");
    graph.irVersion = 3;
    for (Loading loading : Loading.values()) {
      assertThat(TestRuntime.run(graph.model(), Shape.of(4), loading, new float[] {1, 2, 3, 4}))
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(3, 6, 9, 12);
    }
  }

  @Test
  void anInputThatCannotBeFed() {
    var strings = new TestGraph().input("s", DataType.STRING, 4).node("Identity", "y", "s");
    refuses(
        strings.output("y")::model,
        "input 's' has elements of type STRING; only tensors of FLOAT, UINT8, INT32, INT64,"
            + " FLOAT16, DOUBLE can be fed");
    var sequence = new TestGraph().node("SequenceLength", "y", "s").output("y");
    sequence.graph.addInput(
        ValueInfoProto.newBuilder()
            .setName("s")
            .setType(
                TypeProto.newBuilder()
                    .setSequenceType(
                        TypeProto.Sequence.newBuilder()
                            .setElemType(TestGraph.value("", DataType.FLOAT, 1).getType()))));
    refuses(sequence::model, "input 's' has type SEQUENCE_TYPE; only tensors");
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "INT32", "INT64", "UINT8"})
  void feedsEveryElementTypeItNames(DataType type) {
    OnnxModel model =
        new TestGraph().input("x", type, "batch", 3).node("Identity", "y", "x").output("y").model();
    try (var loaded = SegmentedModel.load(model, model.inputShape(2), TestRuntime.RUNTIME);
        Pass pass = loaded.newPass()) {
      pass.runRemaining();
      var output = (TensorInfo) pass.output().getInfo();
      assertThat(output.getShape()).containsExactly(2, 3);
      assertThat(output.type).hasToString(type.name());
    }
  }

  @Test
  void aSymbolicFirstDimensionIsTheBatch() {
    assertThat(relu("batch", 3, 8).inputShape(5)).isEqualTo(Shape.of(5, 3, 8));
    assertThat(relu(4, 3, 8).inputShape(1)).isEqualTo(Shape.of(4, 3, 8));
    assertThat(relu(4, 3, 8).inputShape(4)).isEqualTo(Shape.of(4, 3, 8));
    assertThat(relu().inputShape(1)).isEqualTo(Shape.of());
    refuses(
        () -> relu(4, 3, 8).inputShape(2),
        "test: a batch of 2 was asked for, but input 'x' is fixed at 4x3x8; leave the batch out");
  }

  @Test
  void anotherSymbolicDimensionNeedsAValue() {
    OnnxModel model = relu("batch", 3, "height", "width");
    refuses(
        () -> model.inputShape(1),
        "test: dimension 'height' of input 'x' is symbolic and was given no value; give the whole"
            + " shape, <batch>x3x<height>x<width> with numbers in place of the names");
    assertThat(model.inputShape(Shape.of(1, 3, 8, 9))).isEqualTo(Shape.of(1, 3, 8, 9));
    refuses(() -> relu("batch", -1).inputShape(1), "dimension 'dimension1' of input 'x'");
  }

  @Test
  void aShapeThatDoesNotFit() {
    OnnxModel model = relu("batch", 3, "side", "side");
    for (Shape wrong :
        new Shape[] {Shape.of(1, 3, 8), Shape.of(1, 4, 8, 8), Shape.of(1, 3, 8, 9)}) {
      refuses(
          () -> model.inputShape(wrong),
          "test: shape " + wrong + " was given, but input 'x' is <batch>x3x<side>x<side>; give");
    }
  }

  @Test
  void aShapeBeyondMemory() {
    refuses(
        () ->
            SegmentedModel.loadWhole(
                relu("batch", 1024, 1024), Shape.of(1024, 1024, 1024), TestRuntime.RUNTIME),
        "test: an input of 1024x1024x1024 takes 4.0 GiB, but at most 2 GiB can be fed");
  }

  @Test
  void anInputWithoutAShape() {
    var graph = new TestGraph().node("Relu", "y", "x").output("y");
    ValueInfoProto.Builder input = TestGraph.value("x", DataType.FLOAT).toBuilder();
    input.getTypeBuilder().getTensorTypeBuilder().clearShape();
    graph.graph.addInput(input);
    refuses(() -> graph.model().inputShape(1), "input 'x' declares no shape; give the whole shape");
    assertThat(TestRuntime.run(graph.model(), Shape.of(2), Loading.WHOLE, new float[] {1, 2}))
        .containsExactly(1, 2);
  }

  @ParameterizedTest
  @EnumSource
  void anOperatorThatOnnxRuntimeDoesNotHave(Loading loading) {
    OnnxModel model =
        TestGraph.ofVector()
            .node("Exp", "e", "x")
            .node("Frobnicate", "y", "e")
            .node("Exp", "z", "y")
            .output("z")
            .model();
    refuses(
        () -> loading.load(model, Shape.of(4)),
        "test: ONNX Runtime has no operator Frobnicate for it; export the model with standard ONNX"
            + " operators");
  }

  @Test
  void anOperatorOfAForeignDomain() {
    var graph = TestGraph.ofVector().node("Frobnicate", "y", "x").output("y");
    graph.graph.getNodeBuilder(0).setDomain("com.example");
    ModelProto proto =
        graph.proto().toBuilder()
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1))
            .build();
    refuses(
        () ->
            SegmentedModel.loadWhole(OnnxModel.of("test", proto), Shape.of(4), TestRuntime.RUNTIME),
        "ONNX Runtime has no operator com.example:Frobnicate for it;");
  }

  @Test
  void anOperatorWithoutAKernelForTheType() {
    OnnxModel model =
        new TestGraph()
            .input("x", DataType.INT32, 1, 1, 4, 4)
            .node("GlobalAveragePool", "y", "x")
            .output("y")
            .model();
    refuses(
        () -> SegmentedModel.loadWhole(model, Shape.of(1, 1, 4, 4), TestRuntime.RUNTIME),
        "test: ONNX Runtime does not load it with input 1x1x4x4 (");
  }

  @Test
  void aCircle() {
    OnnxModel model =
        TestGraph.ofVector().node("Add", "a", "x", "b").node("Exp", "b", "a").output("b").model();
    refuses(
        () -> SegmentedModel.load(model, Shape.of(4), TestRuntime.RUNTIME),
        "test: nodes 'a', 'b' depend on each other in a circle");
  }

  /** The example that an exporter traced is written all over the file; only the input counts. */
  @Test
  void staleShapesInTheFileDoNotMatter() {
    var graph =
        new TestGraph()
            .input("x", DataType.FLOAT, "batch", 2)
            .node("Exp", "e", "x")
            .node("Log", "y", "e");
    graph.graph.addValueInfo(TestGraph.value("e", DataType.FLOAT, 1, 2));
    graph.graph.addOutput(TestGraph.value("y", DataType.FLOAT, 1, 2));
    assertThat(
            TestRuntime.run(
                graph.model(), Shape.of(2, 2), Loading.SEGMENTS, new float[] {1, 2, 3, 4}))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource
  void weightsBesideTheFile(Loading loading) throws IOException {
    Path file = externalModel();
    assertThat(
            TestRuntime.run(OnnxModel.read(file), Shape.of(4), loading, new float[] {1, 1, 1, 1}))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(11, 22, 33, 44);
  }

  @Test
  void weightsBesideTheFileThatAreMissing() throws IOException {
    Path file = externalModel();
    Files.delete(directory.resolve("weights.bin"));
    refuses(
        () -> SegmentedModel.load(OnnxModel.read(file), Shape.of(4), TestRuntime.RUNTIME),
        "the weights 'w' are in the file 'weights.bin', which is not there; put it beside the"
            + " model");
  }

  /** {@code y = x * w + b} in two segments, both weights in one file beside the model. */
  private Path externalModel() throws IOException {
    ByteBuffer weights = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : new float[] {10, 20, 30, 40, 1, 2, 3, 4}) {
      weights.putFloat(value);
    }
    Files.write(directory.resolve("weights.bin"), weights.array());
    var graph =
        TestGraph.ofVector()
            .node("Mul", "m", "x", "w")
            .node("Exp", "e", "m")
            .node("Log", "l", "e")
            .node("Add", "y", "l", "b")
            .output("y");
    graph.graph.addInitializer(external("w", 0)).addInitializer(external("b", 16));
    return write("external.onnx", graph.proto());
  }

  private static TensorProto external(String name, int offset) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.FLOAT_VALUE)
        .addDims(4)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "weights.bin"))
        .addExternalData(entry("offset", String.valueOf(offset)))
        .addExternalData(entry("length", "16"))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static OnnxModel relu(Object... dimensions) {
    return new TestGraph()
        .input("x", DataType.FLOAT, dimensions)
        .node("Relu", "y", "x")
        .output("y")
        .model();
  }

  private Path write(String name, ModelProto model) throws IOException {
    return Files.write(directory.resolve(name), model.toByteArray());
  }

  private static void refuses(ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
