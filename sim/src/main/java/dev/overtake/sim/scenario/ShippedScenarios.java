package dev.overtake.sim.scenario;

import dev.overtake.core.policy.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The scenarios that come with the simulator. Each stands for an experiment of somebody's. */
public final class ShippedScenarios {
  private static final List<String> NAMES =
      List.of(
          "test1",
          "test2",
          "test3",
          "test4",
          "test5",
          "fig9-priority",
          "fig9-share",
          "fig10-two-xpus",
          "thousand-queues",
          "fleet");

  private ShippedScenarios() {}

  /** Their names, in the order in which people may want to read them. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * One of them.
   *
   * @param name one of {@link #names}
   * @param policies that it may name
   * @throws ScenarioException if it names a policy that is not installed
   * @throws IllegalArgumentException if there is none of this name
   */
  public static ScenarioFile read(String name, Policies policies) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("there is no scenario " + name + ": give one of " + NAMES);
    }
    String file = name + ".yaml";
    try (InputStream stream = ShippedScenarios.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new IllegalStateException(file + " is not on the class path");
      }
      return ScenarioFile.parse(
          new String(stream.readAllBytes(), StandardCharsets.UTF_8), file, Path.of(""), policies);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
