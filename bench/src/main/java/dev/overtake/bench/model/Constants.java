package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The constant part of a graph: initializers, Constant nodes, and what is computed from these
 * alone. It does not cross from one segment to the next; each segment gets a copy of what it uses.
 *
 * <p>ONNX Runtime has folded a graph before it is partitioned. The constant nodes that are left are
 * those that it prefers to compute anew every time, such as weights kept in 8 bits; if several
 * segments share one, each computes it.
 */
final class Constants {
  /** Operators whose output differs from run to run although their inputs do not. */
  private static final Set<String> RANDOM_OPERATORS =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli",
          "Dropout");

  private final Map<String, TensorProto> tensors = new LinkedHashMap<>();
  private final Map<String, SparseTensorProto> sparseTensors = new LinkedHashMap<>();
  private final Map<String, NodeProto> producers = new LinkedHashMap<>();

  /**
   * @param order the graph's nodes, each after all that it reads
   */
  Constants(GraphProto graph, List<NodeProto> order) {
    graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    graph
        .getSparseInitializerList()
        .forEach(tensor -> sparseTensors.put(tensor.getValues().getName(), tensor));
    for (NodeProto node : order) {
      if (isFoldable(node)) {
        Dataflow.writes(node).forEach(value -> producers.put(value, node));
      }
    }
  }

  boolean contains(String value) {
    return tensors.containsKey(value)
        || sparseTensors.containsKey(value)
        || producers.containsKey(value);
  }

  boolean contains(NodeProto node) {
    return Dataflow.writes(node).stream().anyMatch(producers::containsKey);
  }

  /** Adds to a segment's graph the initializers and constant nodes that these values need. */
  void addTo(GraphProto.Builder segment, Collection<String> values) {
    Set<NodeProto> nodes = new LinkedHashSet<>();
    Set<String> visited = new LinkedHashSet<>();
    values.forEach(value -> collect(value, visited, nodes));
    segment.addAllNode(nodes);
    for (String value : visited) {
      TensorProto tensor = tensors.get(value);
      SparseTensorProto sparseTensor = sparseTensors.get(value);
      if (tensor != null) {
        segment.addInitializer(tensor);
      } else if (sparseTensor != null) {
        segment.addSparseInitializer(sparseTensor);
      }
    }
  }

  /** Depth first, so that a node is collected after those that it reads. */
  private void collect(String value, Set<String> visited, Set<NodeProto> nodes) {
    if (!contains(value) || !visited.add(value)) {
      return;
    }
    NodeProto producer = producers.get(value);
    if (producer != null) {
      Dataflow.reads(producer).forEach(read -> collect(read, visited, nodes));
      nodes.add(producer);
    }
  }

  private boolean isFoldable(NodeProto node) {
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    return standard
        && !RANDOM_OPERATORS.contains(node.getOpType())
        && !Dataflow.hasSubgraph(node)
        && Dataflow.reads(node).stream().allMatch(this::contains);
  }
}
