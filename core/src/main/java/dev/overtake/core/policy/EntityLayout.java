package dev.overtake.core.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which queue of a snapshot belongs to which entity, which entity to which device, and what hints
 * the queues have: all that stays the same while queues only become ready and idle. Entities are
 * numbered in the order of the snapshot, devices too. Immutable.
 *
 * <p>It is kept from one decision to the next, so that nobody is looked up while it stays the same.
 */
final class EntityLayout {
  /** An entity: a queue by its id or a process by its pid, on a device, or on any if that is "". */
  private record Key(long number, String device) {}

  private final Entities.Grouping grouping;
  private final List<QueueStatus> queues;
  private final Map<Key, Integer> entities = new HashMap<>();
  private final List<Key> keys = new ArrayList<>();
  private final int[] ofQueue;
  private final int[] deviceOfQueue;
  private final int[] deviceOf;
  private final BitSet[] queuesOnDevice;

  /** The queues of each entity, chained: its first one, and behind each queue the next. */
  private final int[] firstQueue;

  private final int[] nextQueue;

  private final int devices;

  /** Each queue's own index, and each entity's own number. */
  private final int[] sameQueues;

  private final int[] sameEntities;

  EntityLayout(List<QueueStatus> queues, Entities.Grouping grouping) {
    this.grouping = grouping;
    this.queues = queues;
    deviceOfQueue = Groups.byDevice(queues);
    devices = Arrays.stream(deviceOfQueue).max().orElse(-1) + 1;
    queuesOnDevice = new BitSet[devices];
    Arrays.setAll(queuesOnDevice, _ -> new BitSet());
    ofQueue = new int[queues.size()];
    int[] deviceOfNext = new int[queues.size()];
    for (int i = 0; i < ofQueue.length; i++) {
      queuesOnDevice[deviceOfQueue[i]].set(i);
      Key key = key(queues.get(i));
      Integer known = entities.putIfAbsent(key, keys.size());
      if (known == null) {
        deviceOfNext[keys.size()] = deviceOfQueue[i];
        ofQueue[i] = keys.size();
        keys.add(key);
      } else {
        ofQueue[i] = known;
      }
    }
    deviceOf = Arrays.copyOf(deviceOfNext, keys.size());
    firstQueue = new int[deviceOf.length];
    Arrays.fill(firstQueue, Entities.NONE);
    nextQueue = new int[ofQueue.length];
    for (int i = ofQueue.length - 1; i >= 0; i--) {
      nextQueue[i] = firstQueue[ofQueue[i]];
      firstQueue[ofQueue[i]] = i;
    }
    sameQueues = IntStream.range(0, ofQueue.length).toArray();
    sameEntities = IntStream.range(0, deviceOf.length).toArray();
  }

  private Key key(QueueStatus queue) {
    return switch (grouping) {
      case QUEUE -> new Key(queue.id(), queue.device());
      case PROCESS -> new Key(queue.process(), queue.device());
      case WHOLE_PROCESS -> new Key(queue.process(), "");
    };
  }

  /** That of a snapshot in which queues have come, gone or been hinted. */
  EntityLayout next(List<QueueStatus> next) {
    return new EntityLayout(next, grouping);
  }

  private static boolean sameLayout(List<QueueStatus> one, List<QueueStatus> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!samePlace(one.get(i), other.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a layout is the same with either: all counts but whether it is ready, and served. */
  static boolean samePlace(QueueStatus one, QueueStatus other) {
    return one.id() == other.id()
        && one.process() == other.process()
        && one.device().equals(other.device())
        && one.hints().equals(other.hints());
  }

  int count() {
    return deviceOf.length;
  }

  int devices() {
    return devices;
  }

  int of(int queue) {
    return ofQueue[queue];
  }

  BitSet queuesOnDevice(int device) {
    return queuesOnDevice[device];
  }

  int firstQueue(int entity) {
    return firstQueue[entity];
  }

  int nextQueue(int queue) {
    return nextQueue[queue];
  }

  /** Not to be written to. */
  int[] devicesOfQueues() {
    return deviceOfQueue;
  }

  int device(int entity) {
    return deviceOf[entity];
  }

  /**
   * For each entity its number in an earlier layout, or {@link Entities#NONE}; not to be written
   * to.
   */
  int[] in(EntityLayout earlier) {
    if (equals(earlier)) {
      return sameEntities;
    }
    return keys.stream()
        .mapToInt(key -> earlier.entities.getOrDefault(key, Entities.NONE))
        .toArray();
  }

  /**
   * For each queue its index in an earlier layout, or {@link Entities#NONE}; not to be written to.
   */
  int[] queuesIn(EntityLayout earlier) {
    if (equals(earlier)) {
      return sameQueues;
    }
    var indexes = new HashMap<Long, Integer>();
    for (int i = 0; i < earlier.ofQueue.length; i++) {
      indexes.put(earlier.queues.get(i).id(), i);
    }
    return queues.stream()
        .mapToInt(queue -> indexes.getOrDefault(queue.id(), Entities.NONE))
        .toArray();
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof EntityLayout other
            && grouping == other.grouping
            && sameLayout(queues, other.queues));
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }
}
