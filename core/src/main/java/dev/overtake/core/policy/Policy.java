package dev.overtake.core.policy;

/**
 * Decides which queues may run. A pure function: it has no clock, thread or lock, and what it must
 * know of its own past is in the {@linkplain Snapshot#memory snapshot}, where its last decision put
 * it. The same snapshot and time give the same decision. Therefore one object may decide for any
 * number of schedulers, in any thread, in real or in virtual time.
 *
 * <p>A policy of one's own is a public class with a public constructor without parameters, named in
 * {@code META-INF/services/dev.overtake.core.policy.Policy} of a jar.
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
