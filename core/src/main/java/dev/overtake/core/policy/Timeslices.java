package dev.overtake.core.policy;

import java.util.List;

/**
 * How long each entity shall run at a time: the longest timeslice that its queues were given, or 2
 * ms. A hint below 0.2 ms counts as that, since no scheduler wakes up more finely, and one above 1
 * s as that, so that nobody keeps a device for good.
 */
final class Timeslices {
  private static final long DEFAULT_NANOS = 2_000_000;
  private static final long MIN_NANOS = 200_000;
  private static final long MAX_NANOS = 1_000_000_000;

  private Timeslices() {}

  /** In nanoseconds, by the number of the entity. */
  static long[] of(List<QueueStatus> queues, Entities entities) {
    long[] nanos = new long[entities.count()];
    for (int i = 0; i < queues.size(); i++) {
      int entity = entities.of(i);
      nanos[entity] = Math.max(nanos[entity], queues.get(i).hints().timesliceNanos());
    }
    for (int entity = 0; entity < nanos.length; entity++) {
      nanos[entity] =
          nanos[entity] == 0 ? DEFAULT_NANOS : Math.clamp(nanos[entity], MIN_NANOS, MAX_NANOS);
    }
    return nanos;
  }
}
