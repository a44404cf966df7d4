package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Splits a model where exactly one tensor crosses from the nodes before to the nodes after, in the
 * order of {@link GraphOrder}. Run one after the other, the segments do what the model does: every
 * node that an output depends on is in one segment, constants ({@link Constants}) in each that uses
 * them.
 *
 * <p>Where the same tensor crosses at several points in a row, the first is taken. A value that is
 * not a tensor (a sequence, an optional) cannot be the input of a segment here and is never cut at.
 */
final class Partition {
  private final BoundModel model;
  private final List<NodeProto> nodes;
  private final Constants constants;
  private final Map<String, List<Integer>> readers = new HashMap<>();

  private Partition(BoundModel model) {
    this.model = model;
    GraphProto graph = model.proto().getGraph();
    List<NodeProto> order = GraphOrder.of(model.name(), graph);
    constants = new Constants(graph, order);
    nodes = order.stream().filter(node -> !constants.contains(node)).toList();
    for (int i = 0; i < nodes.size(); i++) {
      for (String value : Dataflow.reads(nodes.get(i))) {
        if (!constants.contains(value)) {
          readers.computeIfAbsent(value, _ -> new ArrayList<>()).add(i);
        }
      }
    }
  }

  /** A point between two nodes, and the one tensor that crosses there. */
  private record Cut(int nodesBefore, String tensor) {}

  /**
   * The segments of a model, in order; one if there is no point to split it at.
   *
   * @param types asked once, and only if there is a point to split at
   */
  static List<Segment> of(BoundModel model, TypeInference types) throws OrtException {
    var partition = new Partition(model);
    return partition.segments(partition.cuts(), types);
  }

  private List<Cut> cuts() {
    List<Cut> cuts = new ArrayList<>();
    Set<String> alive = new LinkedHashSet<>(Set.of(model.input()));
    String last = model.input();
    for (int i = 0; i < nodes.size() - 1; i++) {
      alive.addAll(Dataflow.writes(nodes.get(i)));
      int position = i;
      alive.removeIf(value -> lastReader(value) <= position);
      if (alive.size() == 1) {
        String tensor = alive.iterator().next();
        if (!tensor.equals(last)) {
          cuts.add(new Cut(i + 1, tensor));
          last = tensor;
        }
      }
    }
    return cuts;
  }

  private int lastReader(String value) {
    List<Integer> positions = readers.get(value);
    return positions == null ? -1 : positions.getLast();
  }

  private List<Segment> segments(List<Cut> candidates, TypeInference types) throws OrtException {
    Map<String, ValueInfoProto> tensors =
        candidates.isEmpty()
            ? Map.of()
            : types.tensors(
                model.proto(), candidates.stream().map(Cut::tensor).collect(Collectors.toSet()));
    List<Segment> segments = new ArrayList<>();
    ValueInfoProto input = model.proto().getGraph().getInput(0);
    int start = 0;
    for (Cut cut : candidates) {
      ValueInfoProto tensor = tensors.get(cut.tensor());
      if (tensor != null) {
        segments.add(segment(input, nodes.subList(start, cut.nodesBefore()), tensor.getName()));
        start = cut.nodesBefore();
        input = tensor;
      }
    }
    segments.add(segment(input, nodes.subList(start, nodes.size()), null));
    return segments;
  }

  /**
   * @param next the tensor that the segment after this one reads; null for the last segment
   */
  private Segment segment(ValueInfoProto input, List<NodeProto> body, @Nullable String next) {
    Set<String> written =
        body.stream().flatMap(n -> Dataflow.writes(n).stream()).collect(Collectors.toSet());
    Set<String> outputs = new LinkedHashSet<>();
    for (ValueInfoProto output : model.proto().getGraph().getOutputList()) {
      if (belongsHere(output.getName(), written, input.getName(), next == null)) {
        outputs.add(output.getName());
      }
    }
    if (next != null) {
      outputs.add(next);
    }

    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(
                model.proto().getGraph().getName() + "/" + Objects.requireNonNullElse(next, "end"))
            .addInput(input);
    Set<String> reads = new LinkedHashSet<>(outputs);
    body.forEach(node -> reads.addAll(Dataflow.reads(node)));
    constants.addTo(graph, reads);
    graph.addAllNode(body);
    outputs.forEach(output -> graph.addOutput(BoundModel.untyped(output)));
    return new Segment(
        model.proto().toBuilder().setGraph(graph).build(),
        input.getName(),
        List.copyOf(outputs),
        body.stream().map(NodeProto::getOpType).toList());
  }

  /** Graph outputs that no node computes are the model's own input, or constants. */
  private boolean belongsHere(
      String output, Collection<String> written, String input, boolean isLast) {
    return written.contains(output)
        || (output.equals(model.input()) && input.equals(output))
        || (constants.contains(output) && isLast);
  }
}
