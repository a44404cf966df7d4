package dev.overtake.core.policy;

import java.util.Arrays;

/**
 * What {@link FairShare} remembers from one decision to the next. Immutable: its arrays are not
 * written to once it is made.
 */
final class FairShareMemory {
  final long atNanos;
  final Entities entities;
  final Dues dues;

  /** The service that each entity is owed, in nanoseconds; below 0 if it had too much. */
  final double[] owed;

  /** On each device the entity whose turn it is, or {@link Entities#NONE}. */
  final int[] running;

  /** When the turn on each device ends. */
  final long[] turnEndsNanos;

  FairShareMemory(
      long atNanos,
      Entities entities,
      Dues dues,
      double[] owed,
      int[] running,
      long[] turnEndsNanos) {
    this.atNanos = atNanos;
    this.entities = entities;
    this.dues = dues;
    this.owed = owed;
    this.running = running;
    this.turnEndsNanos = turnEndsNanos;
  }

  /** Of a policy that has not decided yet. */
  static FairShareMemory none(Entities.Grouping grouping, long nowNanos) {
    var nobody = Entities.nobody(grouping);
    return new FairShareMemory(
        nowNanos, nobody, Dues.none(), new double[0], new int[0], new long[0]);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FairShareMemory other
        && atNanos == other.atNanos
        && entities.equals(other.entities)
        && Arrays.equals(owed, other.owed)
        && Arrays.equals(running, other.running)
        && Arrays.equals(turnEndsNanos, other.turnEndsNanos);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(atNanos) * 31 + Arrays.hashCode(owed);
  }
}
