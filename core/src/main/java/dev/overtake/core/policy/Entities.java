package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Whom a policy schedules: each queue by itself, or all queues of a process, mostly on one device,
 * together, since they may wait for each other. Immutable; equal to another if the same entities
 * are ready on the same devices, and their queues have been served as long.
 */
final class Entities {
  /** What is one entity. */
  enum Grouping {
    QUEUE,
    /** What a process has on one device. */
    PROCESS,
    /** What a process has on all devices, which count as one. */
    WHOLE_PROCESS
  }

  static final int NONE = -1;

  private final EntityLayout layout;
  private final boolean[] ready;

  /** By queue. */
  private final long[] servedNanos;

  private Entities(EntityLayout layout, List<QueueStatus> queues) {
    this.layout = layout;
    ready = new boolean[layout.count()];
    servedNanos = new long[queues.size()];
    for (int i = 0; i < queues.size(); i++) {
      QueueStatus queue = queues.get(i);
      ready[layout.of(i)] |= queue.ready();
      servedNanos[i] = queue.servedNanos();
    }
  }

  static Entities nobody(Grouping grouping) {
    return new Entities(new EntityLayout(List.of(), grouping), List.of());
  }

  /** Those of the next snapshot. */
  Entities next(List<QueueStatus> queues) {
    return new Entities(layout.next(queues), queues);
  }

  int count() {
    return ready.length;
  }

  int devices() {
    return layout.devices();
  }

  /** The entity that the queue at this index of the snapshot belongs to. */
  int of(int queue) {
    return layout.of(queue);
  }

  /** The number of each queue's device, by the queue's index; not to be written to. */
  int[] devicesOfQueues() {
    return layout.devicesOfQueues();
  }

  /** Of a whole process, that of its first queue. */
  int device(int entity) {
    return layout.device(entity);
  }

  /** Whether any of its queues is ready. */
  boolean ready(int entity) {
    return ready[entity];
  }

  /**
   * How long the device has worked for each entity since an earlier snapshot: for those of its
   * queues that are in both, as of one that has come or gone it is not known.
   */
  double[] servedSince(Entities earlier) {
    double[] served = new double[count()];
    int[] before = layout.queuesIn(earlier.layout);
    for (int i = 0; i < before.length; i++) {
      if (before[i] != NONE) {
        served[layout.of(i)] += Math.max(0, servedNanos[i] - earlier.servedNanos[before[i]]);
      }
    }
    return served;
  }

  /** Whether these are the entities of an earlier snapshot, and have the hints that they had. */
  boolean sameAs(Entities earlier) {
    return layout.equals(earlier.layout);
  }

  /** For each entity of this snapshot its number in an earlier one, or {@link #NONE}. */
  int[] in(Entities earlier) {
    return layout.in(earlier.layout);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Entities other
        && layout.equals(other.layout)
        && Arrays.equals(ready, other.ready)
        && Arrays.equals(servedNanos, other.servedNanos);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ready);
  }
}
