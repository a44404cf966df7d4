package dev.overtake.core.policy;

import java.util.Arrays;

/**
 * What {@link MultiLevelFeedback} remembers from one decision to the next. Immutable: its arrays
 * are not written to once it is made.
 */
final class FeedbackMemory {
  final long atNanos;
  final Entities entities;
  final FeedbackStanding[] standings;

  /** On each device the entity whose turn it is, or {@link Entities#NONE}. */
  final int[] running;

  /** When the turn on each device ends. */
  final long[] turnEndsNanos;

  FeedbackMemory(
      long atNanos,
      Entities entities,
      FeedbackStanding[] standings,
      int[] running,
      long[] turnEndsNanos) {
    this.atNanos = atNanos;
    this.entities = entities;
    this.standings = standings;
    this.running = running;
    this.turnEndsNanos = turnEndsNanos;
  }

  /** Of a policy that has not decided yet. */
  static FeedbackMemory none(long nowNanos) {
    var nobody = Entities.nobody(Entities.Grouping.PROCESS);
    return new FeedbackMemory(nowNanos, nobody, new FeedbackStanding[0], new int[0], new long[0]);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FeedbackMemory other
        && atNanos == other.atNanos
        && entities.equals(other.entities)
        && Arrays.equals(standings, other.standings)
        && Arrays.equals(running, other.running)
        && Arrays.equals(turnEndsNanos, other.turnEndsNanos);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(atNanos) * 31 + Arrays.hashCode(standings);
  }
}
