package dev.overtake.sim.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a scenario file, and where it stands.
 *
 * @param file as messages name it
 * @param name what it is called there
 */
record Value(String file, String name, Node node) {
  /** Whether it is a single word or number, not a mapping or a list. */
  boolean isText() {
    return node instanceof ScalarNode && !isEmpty();
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  private boolean isEmpty() {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty());
  }

  /** The word or number as it is written. */
  String text(String expected) {
    if (!isText()) {
      throw wrong(expected);
    }
    return ((ScalarNode) node).getValue();
  }

  /** What is in the list. */
  List<Value> items() {
    if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      throw wrong("a list of at least one, each begun with a dash");
    }
    var items = new ArrayList<Value>();
    for (Node item : sequence.getValue()) {
      items.add(new Value(file, name, item));
    }
    return items;
  }

  /** What is in the mapping, which has these keys and no others. */
  Fields fields(String... keys) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong("a mapping with some of the keys " + String.join(", ", keys));
    }
    return new Fields(this, mapping, List.of(keys));
  }

  /** What to throw if this is not what it should be. */
  ScenarioException wrong(String expected) {
    return problem("%s is %s: give %s".formatted(name, found(), expected));
  }

  /** What to throw of something that stands here. */
  ScenarioException problem(String problem) {
    return problem(problem, null);
  }

  private ScenarioException problem(String problem, @Nullable Throwable cause) {
    return new ScenarioException(place(file, node.getStartMark().orElse(null)) + problem, cause);
  }

  /** What the supplier makes of this value, whose complaint is about this place. */
  <T> T checked(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw problem(String.valueOf(e.getMessage()), e);
    }
  }

  static String place(String file, @Nullable Mark mark) {
    return mark == null
        ? file + ": "
        : "%s:%d:%d: ".formatted(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private String found() {
    if (node instanceof ScalarNode scalar) {
      return isEmpty() ? "empty" : "'" + scalar.getValue().strip().replaceAll("\\s+", " ") + "'";
    }
    return node instanceof MappingNode ? "a mapping" : "a list";
  }
}
