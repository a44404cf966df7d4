package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom a policy schedules: each queue by itself, or all queues that a process has on one device
 * together, since they may wait for each other. Entities are numbered in the order of the snapshot,
 * devices too. Immutable; equal to another if the same entities are ready on the same devices.
 *
 * <p>A table of numbers and not a {@code HashMap} of keys: finding the entities of a thousand
 * queues again is most of what a decision takes.
 */
final class Entities {
  /** What is one entity. */
  enum Grouping {
    QUEUE,
    PROCESS
  }

  static final int NONE = -1;

  private final Map<String, Integer> devices = new HashMap<>();
  private final int[] ofQueue;
  private final long[] keys;
  private final int[] deviceOf;
  private final boolean[] ready;

  /** Open addressing: an entity's number plus one, or 0 where nobody is; at most half full. */
  private final int[] table;

  private int count;

  Entities(List<QueueStatus> queues, Grouping grouping) {
    int size = queues.size();
    ofQueue = new int[size];
    keys = new long[size];
    deviceOf = new int[size];
    ready = new boolean[size];
    table = new int[Integer.highestOneBit(Math.max(size, 1)) << 2];
    String name = "";
    int device = NONE;
    for (int i = 0; i < size; i++) {
      QueueStatus queue = queues.get(i);
      if (device == NONE || !queue.device().equals(name)) {
        name = queue.device();
        device = devices.computeIfAbsent(name, unseen -> devices.size());
      }
      long key = grouping == Grouping.QUEUE ? queue.id() : queue.process();
      int entity = findOrAdd(key, device);
      ofQueue[i] = entity;
      ready[entity] |= queue.ready();
    }
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
    long hash =
        (key * 31 + device) * 0x9E3779B97F4A7C15L; // Fibonacci hashing: the high bits count.
    int mask = table.length - 1;
    int place = (int) (hash >>> 32) & mask;
    while (table[place] != 0) {
      int entity = table[place] - 1;
      if (keys[entity] == key && deviceOf[entity] == device) {
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

  /** The entity that the queue at this index of the snapshot belongs to. */
  int of(int queue) {
    return ofQueue[queue];
  }

  int device(int entity) {
    return deviceOf[entity];
  }

  /** Whether any of its queues is ready. */
  boolean ready(int entity) {
    return ready[entity];
  }

  /** For each entity of this snapshot its number in an earlier one, or {@link #NONE}. */
  int[] in(Entities earlier) {
    int[] earlierDevices = new int[devices.size()];
    devices.forEach(
        (name, device) -> earlierDevices[device] = earlier.devices.getOrDefault(name, NONE));
    int[] numbers = new int[count];
    for (int entity = 0; entity < count; entity++) {
      int device = earlierDevices[deviceOf[entity]];
      numbers[entity] =
          device == NONE ? NONE : earlier.table[earlier.place(keys[entity], device)] - 1;
    }
    return numbers;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Entities other
        && count == other.count
        && devices.equals(other.devices)
        && Arrays.equals(ofQueue, other.ofQueue)
        && Arrays.equals(keys, other.keys)
        && Arrays.equals(deviceOf, other.deviceOf)
        && Arrays.equals(ready, other.ready);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keys) * 31 + Arrays.hashCode(ready);
  }
}
