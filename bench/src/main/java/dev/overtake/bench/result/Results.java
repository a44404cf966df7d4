package dev.overtake.bench.result;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Everything that one invocation of the bench measured: the content of {@code results.json}. Field
 * order here is field order there; {@code results.schema.json} describes it.
 *
 * @param schemaVersion layout of the file; {@link #SCHEMA_VERSION} for what this build writes
 * @param toolVersion version of Overtake that measured
 * @param commandLine the command as typed, one word an element
 * @param startedAt when measuring began
 * @param finishedAt when measuring ended; not before {@code startedAt}
 * @param complete false if the invocation was stopped early: the runs then hold what was measured
 * @param machine where it ran
 * @param configuration what was asked for
 * @param runs one element for each mode in each topology, in the order in which a reader should see
 *     them
 */
public record Results(
    int schemaVersion,
    String toolVersion,
    List<String> commandLine,
    Instant startedAt,
    Instant finishedAt,
    boolean complete,
    Machine machine,
    Configuration configuration,
    List<Run> runs) {

  /** Grows by one when a reader of the former layout would misread the new one. */
  public static final int SCHEMA_VERSION = 1;

  /** Checks that nothing is missing and the two times are in order. */
  public Results {
    Objects.requireNonNull(toolVersion, "toolVersion");
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(configuration, "configuration");
    commandLine = List.copyOf(commandLine);
    runs = List.copyOf(runs);
    if (finishedAt.isBefore(startedAt)) {
      throw new IllegalArgumentException(
          "finishedAt " + finishedAt + " is before startedAt " + startedAt);
    }
  }
}
