package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which queue of a snapshot belongs to which entity, which entity to which device, and what hints
 * the queues have: all that stays the same while queues only become ready and idle. Entities are
 * numbered in the order of the snapshot, devices too. Immutable.
 *
 * <p>A table of numbers and not a {@code HashMap} of keys: decisions are made often, over many
 * queues.
 */
final class EntityLayout {
  private final Entities.Grouping grouping;
  private final Map<String, Integer> devices = new HashMap<>();
  private final String[] deviceNames;
  private final int[] ofQueue;
  private final int[] deviceOfQueue;
  private final Hints[] hints;
  private final long[] keys;
  private final int[] deviceOf;

  /** Open addressing: an entity's number plus one, or 0 where nobody is; at most half full. */
  private final int[] table;

  private int count;

  /** Each entity's own number. */
  private final int[] unchanged;

  EntityLayout(List<QueueStatus> queues, Entities.Grouping grouping) {
    this.grouping = grouping;
    int size = queues.size();
    deviceNames = new String[size];
    ofQueue = new int[size];
    deviceOfQueue = new int[size];
    hints = new Hints[size];
    keys = new long[size];
    deviceOf = new int[size];
    table = new int[Integer.highestOneBit(Math.max(size, 1)) << 2];
    for (int i = 0; i < size; i++) {
      QueueStatus queue = queues.get(i);
      int device = devices.computeIfAbsent(queue.device(), unseen -> devices.size());
      deviceNames[device] = queue.device();
      deviceOfQueue[i] = device;
      ofQueue[i] = findOrAdd(key(queue), device);
      hints[i] = queue.hints();
    }
    unchanged = IntStream.range(0, count).toArray();
  }

  private long key(QueueStatus queue) {
    return grouping == Entities.Grouping.QUEUE ? queue.id() : queue.process();
  }

  /** That of the next snapshot: the same one, while no queue comes, goes or is hinted. */
  EntityLayout next(List<QueueStatus> queues) {
    return fits(queues) ? this : new EntityLayout(queues, grouping);
  }

  private boolean fits(List<QueueStatus> queues) {
    if (queues.size() != ofQueue.length) {
      return false;
    }
    for (int i = 0; i < ofQueue.length; i++) {
      QueueStatus queue = queues.get(i);
      int entity = ofQueue[i];
      if (keys[entity] != key(queue)
          || !deviceNames[deviceOfQueue[i]].equals(queue.device())
          || !hints[i].equals(queue.hints())) {
        return false;
      }
    }
    return true;
  }

  private int findOrAdd(long key, int device) {
    int place = place(key, device);
    if (table[place] == 0) {
      keys[count] = key;
      deviceOf[count] = device;
      table[place] = ++count;
    }
    return table[place] - 1;
  }

  /** Where this entity is in the table, or where it would be. */
  private int place(long key, int device) {
    boolean anyDevice = grouping == Entities.Grouping.WHOLE_PROCESS;
    long hash =
        (key * 31 + (anyDevice ? 0 : device))
            * 0x9E3779B97F4A7C15L; // Fibonacci hashing: the high bits count.
    int mask = table.length - 1;
    int place = (int) (hash >>> 32) & mask;
    while (table[place] != 0) {
      int entity = table[place] - 1;
      if (keys[entity] == key && (anyDevice || deviceOf[entity] == device)) {
        break;
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  int count() {
    return count;
  }

  int devices() {
    return devices.size();
  }

  int of(int queue) {
    return ofQueue[queue];
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
      return unchanged;
    }
    int[] numbers = new int[count];
    for (int entity = 0; entity < count; entity++) {
      Integer device = earlier.devices.get(deviceNames[deviceOf[entity]]);
      boolean unseen = device == null && grouping != Entities.Grouping.WHOLE_PROCESS;
      numbers[entity] =
          unseen
              ? Entities.NONE
              : earlier.table[earlier.place(keys[entity], device == null ? 0 : device)] - 1;
    }
    return numbers;
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof EntityLayout other
            && grouping == other.grouping
            && devices.equals(other.devices)
            && Arrays.equals(ofQueue, other.ofQueue)
            && Arrays.equals(deviceOfQueue, other.deviceOfQueue)
            && Arrays.equals(hints, other.hints)
            && Arrays.equals(keys, other.keys)
            && Arrays.equals(deviceOf, other.deviceOf));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keys);
  }
}
