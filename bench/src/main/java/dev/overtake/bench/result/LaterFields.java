package dev.overtake.bench.result;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fields that came into the layout after files without them had been written. What such a file
 * means is known: it was measured when there was nothing else, or when nobody noted it.
 */
final class LaterFields {
  private static final List<String> OF_A_RUN =
      List.of("inFlightMicros", "lowQueue", "p50Ratio", "lowRatio");

  private LaterFields() {}

  /** Adds to a results file what it is too old to have. */
  static void fill(JsonNode results) {
    if (results.path("machine") instanceof ObjectNode machine && !machine.has("pytorch")) {
      machine.putNull("pytorch");
    }
    if (results.at("/machine/pytorch") instanceof ObjectNode pytorch && !pytorch.has("mps")) {
      pytorch.putNull("mps");
    }
    if (results.path("configuration") instanceof ObjectNode configuration
        && !configuration.has("runner")) {
      configuration.put("runner", Configuration.HOST);
    }
    for (JsonNode each : results.path("runs")) {
      if (each instanceof ObjectNode run) {
        OF_A_RUN.stream().filter(name -> !run.has(name)).forEach(run::putNull);
      }
      if (each.path("lowQueue") instanceof ObjectNode queue && !queue.has("policy")) {
        queue.putNull("policy");
      }
    }
  }
}
