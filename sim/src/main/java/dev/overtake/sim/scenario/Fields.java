package dev.overtake.sim.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The values of a mapping by their keys. */
final class Fields {
  private final Value mapping;
  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * @throws ScenarioException if a key stands there twice, or is not one of these
   */
  Fields(Value mapping, MappingNode node, List<String> keys) {
    this.mapping = mapping;
    for (NodeTuple entry : node.getValue()) {
      String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      var place = new Value(mapping.file(), key, entry.getKeyNode());
      if (!keys.contains(key)) {
        throw place.problem(
            "%s has no key '%s': give some of %s"
                .formatted(mapping.name(), key, String.join(", ", keys)));
      }
      if (values.put(key, new Value(mapping.file(), key, entry.getValueNode())) != null) {
        throw place.problem("%s has '%s' twice: give it once".formatted(mapping.name(), key));
      }
    }
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Optional<Value> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  Value require(String key) {
    return find(key)
        .orElseThrow(
            () -> mapping.problem("%s has no '%s': give one".formatted(mapping.name(), key)));
  }

  /** The one of these keys that is there: each says the same thing in another way. */
  String oneOf(String... keys) {
    String found = null;
    for (String key : keys) {
      if (has(key)) {
        if (found != null) {
          throw require(key)
              .problem(
                  "%s has '%s' and '%s', which contradict each other: give one"
                      .formatted(mapping.name(), found, key));
        }
        found = key;
      }
    }
    if (found == null) {
      throw mapping.problem(
          "%s has none of %s: give one of them".formatted(mapping.name(), String.join(", ", keys)));
    }
    return found;
  }

  /** A key that says nothing without the other. */
  void requireWith(String key, String other) {
    if (has(key) && !has(other)) {
      throw require(key)
          .problem(
              "%s has '%s' without '%s', which it is about: give both or neither"
                  .formatted(mapping.name(), key, other));
    }
  }
}
