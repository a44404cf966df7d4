package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Whom a policy schedules: each queue by itself, or all queues that a process has on one device
 * together, since they may wait for each other. Immutable; equal to another if the same entities
 * are ready on the same devices.
 */
final class Entities {
  /** What is one entity. */
  enum Grouping {
    QUEUE,
    PROCESS
  }

  static final int NONE = -1;

  private final EntityLayout layout;
  private final boolean[] ready;

  private Entities(EntityLayout layout, List<QueueStatus> queues) {
    this.layout = layout;
    ready = new boolean[layout.count()];
    for (int i = 0; i < queues.size(); i++) {
      ready[layout.of(i)] |= queues.get(i).ready();
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

  int device(int entity) {
    return layout.device(entity);
  }

  /** Whether any of its queues is ready. */
  boolean ready(int entity) {
    return ready[entity];
  }

  /** For each entity of this snapshot its number in an earlier one, or {@link #NONE}. */
  int[] in(Entities earlier) {
    return layout.in(earlier.layout);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Entities other
        && layout.equals(other.layout)
        && Arrays.equals(ready, other.ready);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ready);
  }
}
