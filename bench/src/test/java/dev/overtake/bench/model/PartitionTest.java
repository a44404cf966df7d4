package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.overtake.bench.model.TestRuntime.Loading;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where a graph is cut, and that the parts do what the graph does. */
class PartitionTest {
  private static final float[] INPUT = {0.5f, -1, 2, 0.25f};

  @Test
  void aChainIsCutBetweenAllNodes() {
    var graph = TestGraph.ofVector().node("Exp", "a", "x").node("Sin", "b", "a");
    check(graph.node("Exp", "y", "b").output("y"), "Exp | Sin | Exp");
  }

  @Test
  void aSkipConnectionIsCutBeforeAndAfterNotInside() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("Cos", "c", "b")
            .node("Add", "d", "c", "a")
            .node("Exp", "y", "d")
            .output("y"),
        "Exp | Sin Cos Add | Exp");
  }

  @Test
  void theInputItselfMayBeTheSkipConnection() {
    check(
        TestGraph.ofVector()
            .node("Sin", "a", "x")
            .node("Cos", "b", "a")
            .node("Add", "c", "b", "x")
            .node("Exp", "y", "c")
            .output("y"),
        "Sin Cos Add | Exp");
  }

  @Test
  void aModelWithoutAPointToCutAtIsOneSegment() {
    check(
        TestGraph.ofVector()
            .node("Sin", "a", "x")
            .node("Cos", "b", "x")
            .node("Exp", "c", "a")
            .node("Add", "y", "b", "c")
            .output("y"),
        "Sin Cos Exp Add");
  }

  @Test
  void nodesOutOfOrderAreSorted() {
    check(
        TestGraph.ofVector().node("Sin", "y", "b").node("Exp", "b", "x").output("y"), "Exp | Sin");
  }

  @Test
  void initializersGoToEverySegmentThatUsesThem() {
    var graph =
        TestGraph.ofVector()
            .initializer("w", 1, 2, 3, 4)
            .initializer("unused", 1)
            .node("Mul", "a", "x", "w")
            .node("Sin", "b", "a")
            .node("Add", "y", "b", "w")
            .output("y");
    List<Segment> segments = check(graph, "Mul | Sin | Add");
    assertThat(segments)
        .extracting(segment -> segment.model().getGraph().getInitializerCount())
        .containsExactly(1, 0, 1);
  }

  @Test
  void constantNodesAndWhatIsComputedFromThemDoNotCross() {
    var value = TestGraph.tensor("value", TestGraph.floats("", 1, 2, 3, 4));
    check(
        TestGraph.ofVector()
            .node("Constant", "k", List.of(), value)
            .node("Neg", "n", "k")
            .node("Mul", "a", "x", "n")
            .node("Sin", "b", "a")
            .node("Add", "y", "b", "n")
            .output("y"),
        "Mul | Sin | Add");
  }

  /**
   * Two draws are two values: the node may not be copied, so its value crosses beside the other.
   */
  @Test
  void aRandomValueIsNotAConstant() {
    var graph =
        TestGraph.ofVector()
            .node("RandomNormal", "r", List.of(), GraphBuilder.ints("shape", 4))
            .node("Mul", "a", "x", "r")
            .node("Sin", "b", "a")
            .node("Add", "y", "b", "r")
            .output("y");
    assertThat(cut(graph.model())).isEqualTo("RandomNormal Mul Sin Add");
  }

  @Test
  void deadNodesNeitherRunNorKeepAnythingAlive() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("Cos", "dead", "a")
            .node("Exp", "deader", "dead")
            .node("Cos", "y", "b")
            .output("y"),
        "Exp | Sin | Cos");
  }

  @Test
  void anOutputInTheMiddleIsALateNodeThatRunsEarly() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("Cos", "y", "b")
            .node("Neg", "middle", "a")
            .output("middle", "y"),
        "Exp | Sin Cos Neg");
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Neg", "middle", "a")
            .node("Sin", "b", "a")
            .node("Cos", "y", "b")
            .output("y", "middle"),
        "Exp | Neg Sin | Cos");
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("Abs", "late", "a")
            .node("Cos", "y", "b")
            .output("late", "y"),
        "Exp | Abs Sin | Cos");
  }

  @Test
  void aCrossingTensorMayBeAnOutput() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("Cos", "y", "b")
            .output("b", "y", "a"),
        "Exp | Sin | Cos");
  }

  @Test
  void outputsThatNoNodeComputes() {
    check(
        TestGraph.ofVector()
            .initializer("k", 7)
            .node("Exp", "a", "x")
            .node("Sin", "y", "a")
            .output("y", "x", "k"),
        "Exp | Sin");
  }

  @Test
  void aTensorThatPassesAWholeSegmentIsCutAtOnce() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Sin", "side1", "a")
            .node("Cos", "side2", "a")
            .node("Exp", "b", "a")
            .node("Neg", "y", "b")
            .output("side1", "side2", "y"),
        "Exp | Sin Cos Exp | Neg");
  }

  @Test
  void whatASubgraphCapturesIsRead() {
    // if (x[0] of a) > 0 then a * w else b, where a, b and w come from around it.
    var then =
        GraphProto.newBuilder()
            .addNode(op("Mul", "t", "a", "w"))
            .addOutput(ValueInfoProto.newBuilder().setName("t"));
    var otherwise =
        GraphProto.newBuilder()
            .addNode(op("Identity", "o", "b"))
            .addOutput(ValueInfoProto.newBuilder().setName("o"));
    var graph =
        TestGraph.ofVector()
            .initializer("w", 2, 2, 2, 2)
            .initializer("zero", 0)
            .node("Exp", "a", "x")
            .node("Sin", "b", "a")
            .node("ReduceMax", "m", List.of("b"), GraphBuilder.integer("keepdims", 0))
            .node("Greater", "c", "m", "zero")
            .node(
                "If",
                "d",
                List.of("c"),
                TestGraph.subgraph("then_branch", then),
                TestGraph.subgraph("else_branch", otherwise))
            .node("Cos", "y", "d")
            .output("y");
    // Without the capture of a there would be cuts behind Sin and behind Greater.
    check(graph, "Exp | Sin ReduceMax Greater If | Cos");
  }

  @Test
  void whatASubgraphDefinesItselfIsNotRead() {
    var branch =
        GraphProto.newBuilder()
            .addInitializer(TestGraph.floats("inner", 5))
            .addNode(op("Add", "sum", "inner", "a"))
            .addOutput(ValueInfoProto.newBuilder().setName("sum"));
    NodeProto node =
        NodeProto.newBuilder()
            .setOpType("If")
            .addInput("c")
            .addInput("")
            .addOutput("d")
            .addAttribute(TestGraph.subgraph("then_branch", branch))
            .build();
    assertThat(Dataflow.reads(node)).containsExactlyInAnyOrder("c", "a");
  }

  /** A sequence cannot be fed to a session here, so its segment is not split. */
  @Test
  void aValueThatIsNotATensorIsNotCutAt() {
    check(
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("SequenceConstruct", "s", "a", "a")
            .node("ConcatFromSequence", "c", List.of("s"), GraphBuilder.integer("axis", 0))
            .node("Sin", "y", "c")
            .output("y"),
        "Exp | SequenceConstruct ConcatFromSequence | Sin");
  }

  @Test
  void theElementTypeMayChangeOnTheWay() {
    check(
        TestGraph.ofVector()
            .initializer("zero", 0)
            .node("Greater", "a", "x", "zero")
            .node("Not", "b", "a")
            .node("Cast", "c", List.of("b"), GraphBuilder.integer("to", DataType.DOUBLE_VALUE))
            .node("Exp", "d", "c")
            .node("Cast", "y", List.of("d"), GraphBuilder.integer("to", DataType.FLOAT_VALUE))
            .output("y"),
        "Greater | Not | Cast | Exp | Cast");
  }

  /** Checks the finest cut, and all outputs, cut and whole, against the whole. */
  private static List<Segment> check(TestGraph graph, String expected) {
    OnnxModel model = graph.model();
    assertThat(outputs(model, Loading.SEGMENTS)).isEqualTo(outputs(model, Loading.WHOLE));
    assertThat(outputsOf(segments(model), model)).isEqualTo(outputs(model, Loading.WHOLE));
    assertThat(cut(model)).isEqualTo(expected);
    return segments(model);
  }

  private static String cut(OnnxModel model) {
    return String.join(
        " | ",
        segments(model).stream().map(segment -> String.join(" ", segment.operators())).toList());
  }

  /** The graph as it is written, which ONNX Runtime would otherwise fuse before the cut. */
  private static List<Segment> segments(OnnxModel model) {
    try {
      return Partition.of(
          model.bind(Shape.of(4)),
          (graph, values) -> TestRuntime.RUNTIME.tensors(graph, null, values));
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** Every segment as a model of its own, fed with what the one before it left. */
  private static List<List<Float>> outputsOf(List<Segment> segments, OnnxModel model) {
    Map<String, OnnxTensor> values = new HashMap<>();
    try {
      var environment = TestRuntime.RUNTIME.environment();
      values.put("x", OnnxTensor.createTensor(environment, INPUT));
      for (Segment segment : segments) {
        try (var session = environment.createSession(segment.model().toByteArray())) {
          OnnxTensor input = values.get(segment.input());
          var results = session.run(Map.of(segment.input(), input));
          results.forEach(result -> values.put(result.getKey(), (OnnxTensor) result.getValue()));
        }
      }
      return model.proto().getGraph().getOutputList().stream()
          .map(output -> boxed(values.get(output.getName())))
          .toList();
    } catch (OrtException e) {
      throw new AssertionError(e);
    } finally {
      values.values().forEach(OnnxTensor::close);
    }
  }

  private static List<List<Float>> outputs(OnnxModel model, Loading loading) {
    try (var loaded = loading.load(model, Shape.of(4));
        Pass pass = loaded.newPass(INPUT)) {
      pass.runRemaining();
      return model.proto().getGraph().getOutputList().stream()
          .map(output -> boxed((OnnxTensor) pass.output(output.getName())))
          .toList();
    }
  }

  private static List<Float> boxed(OnnxTensor tensor) {
    float[] values = TestRuntime.floats(tensor);
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }

  private static NodeProto op(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
