package dev.overtake.cli.simulation;

import dev.overtake.bench.page.JsonFormat;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code overtake sim} found, as it is written to {@code results.json}. The same command line
 * gives the same results, to the digit. The fields are described in docs/simulator.md.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param toolVersion of overtake
 * @param commandLine as typed
 * @param runs each kind of client alone, then under each policy
 */
public record SimResults(
    int schemaVersion,
    String toolVersion,
    List<String> commandLine,
    Simulated scenario,
    List<PolicyRun> policies,
    List<DeviceUse> devices,
    List<SimRun> runs) {
  /** Rises when a field changes its meaning or goes. */
  public static final int SCHEMA_VERSION = 1;

  private static final JsonMapper MAPPER = JsonFormat.builder().build();

  /** The scenario, as far as a reader must know it. */
  public record Simulated(
      String name, String about, long seed, double seconds, double warmUpSeconds) {}

  /**
   * A policy.
   *
   * @param events that were simulated under it
   * @param decisions that it made
   * @param warnings what a reader must know before trusting its figures
   */
  public record PolicyRun(String policy, long events, long decisions, List<String> warnings) {}

  /**
   * What a kind of device did under a policy.
   *
   * @param devices how many there were
   * @param utilization share of the time in which engines ran commands, 0 to 1
   * @param handOvers how often an engine went from one queue to another
   * @param interruptions how often a command stopped before its end
   */
  public record DeviceUse(
      String policy,
      String machine,
      String device,
      int devices,
      double utilization,
      long handOvers,
      long interruptions) {}

  public SimResults {
    commandLine = List.copyOf(commandLine);
    policies = List.copyOf(policies);
    devices = List.copyOf(devices);
    runs = List.copyOf(runs);
  }

  /** As pretty-printed JSON, with a line feed at the end. */
  public String toJson() {
    return MAPPER.writeValueAsString(this) + "\n";
  }
}
