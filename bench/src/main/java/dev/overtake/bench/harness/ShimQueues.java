package dev.overtake.bench.harness;

/** The shim's queues of this JVM, where {@code overtake run} started it. Thread-safe. */
@FunctionalInterface
public interface ShimQueues {
  /** Of a JVM that no shim schedules. */
  ShimQueues NONE = mode -> {};

  /**
   * Bounds from now on what they have in flight, as a mode says; its level is not theirs to choose.
   *
   * @throws LoadException if they cannot be told, or it would have no effect
   */
  void bound(Mode.Shim mode);
}
