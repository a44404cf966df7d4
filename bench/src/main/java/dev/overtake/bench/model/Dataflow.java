package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Which values a node reads and writes, by name; subgraphs are looked into. */
final class Dataflow {
  private Dataflow() {}

  /**
   * The outer values that a node reads: its inputs, and what its subgraphs (the branches of an If,
   * the body of a Loop or Scan) capture from around it.
   */
  static Set<String> reads(NodeProto node) {
    Set<String> names = new LinkedHashSet<>(node.getInputList());
    node.getAttributeList().stream()
        .flatMap(Dataflow::subgraphs)
        .forEach(subgraph -> names.addAll(captures(subgraph)));
    // An optional input that is left out is an empty name.
    names.remove("");
    return names;
  }

  /** The values that a node computes. */
  static Set<String> writes(NodeProto node) {
    Set<String> names = new LinkedHashSet<>(node.getOutputList());
    names.remove("");
    return names;
  }

  static boolean hasSubgraph(NodeProto node) {
    return node.getAttributeList().stream().flatMap(Dataflow::subgraphs).findAny().isPresent();
  }

  private static Stream<GraphProto> subgraphs(AttributeProto attribute) {
    Stream<GraphProto> one = attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty();
    return Stream.concat(one, attribute.getGraphsList().stream());
  }

  private static Set<String> captures(GraphProto subgraph) {
    Set<String> local = OnnxModel.initializers(subgraph);
    subgraph.getInputList().forEach(input -> local.add(input.getName()));
    subgraph.getNodeList().forEach(node -> local.addAll(writes(node)));
    Set<String> captured = new HashSet<>();
    subgraph.getNodeList().forEach(node -> captured.addAll(reads(node)));
    // A branch may return an outer value as it is.
    subgraph.getOutputList().forEach(output -> captured.add(output.getName()));
    captured.removeAll(local);
    return captured;
  }
}
