package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Whom a policy schedules: each queue by itself, or all queues of a process, mostly on one device,
 * together, since they may wait for each other. Immutable; equal to another if the same entities
 * are ready on the same devices, and have been served for as long since the snapshot before.
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
  private final List<QueueStatus> queues;

  /** How many queues of each entity are ready. */
  private final int[] ready;

  /** By entity and by device: for how long it has been worked since the snapshot before. */
  private final double[] served;

  private final double[] servedOnDevice;

  private Entities(EntityLayout layout, List<QueueStatus> queues, int[] ready) {
    this.layout = layout;
    this.queues = queues;
    this.ready = ready;
    served = new double[layout.count()];
    servedOnDevice = new double[layout.devices()];
  }

  static Entities nobody(Grouping grouping) {
    return new Entities(new EntityLayout(List.of(), grouping), List.of(), new int[0]);
  }

  /** Those of the next snapshot. */
  Entities next(List<QueueStatus> next) {
    if (next.size() != queues.size()) {
      return anew(next);
    }
    var same = new Entities(layout, next, ready.clone());
    for (int i = Statuses.firstChange(queues, next, 0);
        i < next.size();
        i = Statuses.firstChange(queues, next, i + 1)) {
      QueueStatus before = queues.get(i);
      QueueStatus now = next.get(i);
      if (!EntityLayout.samePlace(before, now)) {
        return anew(next);
      }
      same.countReady(i, (now.ready() ? 1 : 0) - (before.ready() ? 1 : 0));
      same.countServed(i, before, now);
    }
    return same;
  }

  /** After queues have come, gone or been hinted. */
  private Entities anew(List<QueueStatus> next) {
    EntityLayout nextLayout = layout.next(next);
    var entities = new Entities(nextLayout, next, new int[nextLayout.count()]);
    int[] before = nextLayout.queuesIn(layout);
    for (int i = 0; i < before.length; i++) {
      entities.countReady(i, next.get(i).ready() ? 1 : 0);
      if (before[i] != NONE) {
        entities.countServed(i, queues.get(before[i]), next.get(i));
      }
    }
    return entities;
  }

  private void countReady(int queue, int more) {
    ready[layout.of(queue)] += more;
  }

  private void countServed(int queue, QueueStatus before, QueueStatus now) {
    int entity = layout.of(queue);
    long nanos = Math.max(0, now.servedNanos() - before.servedNanos());
    served[entity] += nanos;
    servedOnDevice[layout.device(entity)] += nanos;
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
    return ready[entity] > 0;
  }

  /** The queues of a device, by index in the snapshot; not to be written to. */
  BitSet queuesOnDevice(int device) {
    return layout.queuesOnDevice(device);
  }

  /** The first queue of an entity, by index in the snapshot. */
  int firstQueue(int entity) {
    return layout.firstQueue(entity);
  }

  /** The one that comes behind this queue and is of the same entity, or {@link #NONE}. */
  int nextQueue(int queue) {
    return layout.nextQueue(queue);
  }

  /**
   * How long the device has worked for an entity since the snapshot before this one, in
   * nanoseconds: for those of its queues that are in both, as of one that has come or gone it is
   * not known.
   */
  double servedNanos(int entity) {
    return served[entity];
  }

  /** The same of all entities of a device together. */
  double servedOnDeviceNanos(int device) {
    return servedOnDevice[device];
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
        && Arrays.equals(served, other.served);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ready);
  }
}
