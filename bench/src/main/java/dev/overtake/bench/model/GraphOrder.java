package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/**
 * An order in which the nodes of a graph can run, chosen so that few values are alive at a time.
 *
 * <p>A node on which no graph output depends is left out: ONNX operators have no effect but their
 * outputs. Nodes off the main path (that does not lead to the graph's last node: a second output,
 * for example) run as soon as they can, because what they read would otherwise stay alive beside
 * the main path and leave no point at which a single tensor crosses. Everything else keeps its
 * place.
 */
final class GraphOrder {
  private final GraphProto graph;
  private final Map<String, Integer> producers = new HashMap<>();
  private final List<List<Integer>> predecessors = new ArrayList<>();

  private GraphOrder(GraphProto graph) {
    this.graph = graph;
    for (int node = 0; node < graph.getNodeCount(); node++) {
      for (String value : Dataflow.writes(graph.getNode(node))) {
        producers.put(value, node);
      }
    }
    for (NodeProto node : graph.getNodeList()) {
      predecessors.add(
          Dataflow.reads(node).stream()
              .filter(producers::containsKey)
              .map(producers::get)
              .distinct()
              .toList());
    }
  }

  /**
   * The nodes that graph outputs depend on, each after all that it reads.
   *
   * @throws ModelException if nodes depend on each other in a circle
   */
  static List<NodeProto> of(String model, GraphProto graph) {
    return new GraphOrder(graph).sort(model);
  }

  private List<NodeProto> sort(String model) {
    BitSet live = new BitSet();
    graph.getOutputList().stream()
        .map(output -> producers.get(output.getName()))
        .filter(producer -> producer != null)
        .forEach(producer -> addAncestors(producer, live));
    BitSet main = new BitSet();
    if (!live.isEmpty()) {
      addAncestors(live.length() - 1, main);
    }

    Map<Integer, List<Integer>> successors = new HashMap<>();
    int[] missing = new int[graph.getNodeCount()];
    // false sorts first: nodes off the main path go ahead.
    var ready =
        new PriorityQueue<Integer>(
            Comparator.<Integer, Boolean>comparing(node -> main.get(node))
                .thenComparing(Comparator.naturalOrder()));
    live.stream()
        .forEach(
            node -> {
              List<Integer> before = predecessors.get(node);
              missing[node] = before.size();
              before.forEach(
                  earlier -> successors.computeIfAbsent(earlier, _ -> new ArrayList<>()).add(node));
              if (before.isEmpty()) {
                ready.add(node);
              }
            });
    List<NodeProto> order = new ArrayList<>();
    for (Integer node = ready.poll(); node != null; node = ready.poll()) {
      order.add(graph.getNode(node));
      for (int later : successors.getOrDefault(node, List.of())) {
        if (--missing[later] == 0) {
          ready.add(later);
        }
      }
    }
    if (order.size() < live.cardinality()) {
      throw new ModelException(
          "model %s: nodes %s depend on each other in a circle; export the model again"
              .formatted(
                  model,
                  live.stream()
                      .filter(node -> missing[node] > 0)
                      .limit(3)
                      .mapToObj(node -> "'" + graph.getNode(node).getName() + "'")
                      .collect(Collectors.joining(", "))));
    }
    return order;
  }

  private void addAncestors(int node, BitSet visited) {
    Deque<Integer> open = new ArrayDeque<>();
    open.push(node);
    while (!open.isEmpty()) {
      int next = open.pop();
      if (!visited.get(next)) {
        visited.set(next);
        predecessors.get(next).forEach(open::push);
      }
    }
  }
}
