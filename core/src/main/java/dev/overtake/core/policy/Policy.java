package dev.overtake.core.policy;

/**
 * Decides which queues may run. A pure function: it keeps no state that a caller could observe, and
 * has no clock, thread or lock of its own; therefore it is safe for use by several threads.
 */
public interface Policy {
  /** The short name by which people choose it, such as {@code HPF}. */
  String name();

  /**
   * Decides over all queues of one scheduler.
   *
   * @param snapshot the queues now
   * @param nowNanos the time now, on a monotonic clock whose origin is arbitrary
   */
  Decision schedule(Snapshot snapshot, long nowNanos);
}
