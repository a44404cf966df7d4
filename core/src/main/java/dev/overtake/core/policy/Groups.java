package dev.overtake.core.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the groups of queues that compete, such as those of one device, from 0 in the order in
 * which they come. Not thread-safe.
 *
 * <p>There are few, and a queue's device is mostly the very string that another queue has: those
 * are looked through before anything is hashed.
 */
final class Groups {
  private final Map<String, Integer> numbers = new HashMap<>();

  /** The first ones, by their numbers. */
  private final String[] names = new String[8];

  /** The number of each queue's device, by its index. */
  static int[] byDevice(List<QueueStatus> queues) {
    var devices = new Groups();
    int[] numbers = new int[queues.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = devices.of(queues.get(i).device());
    }
    return numbers;
  }

  /** The same group for all of them. */
  static int[] one(List<QueueStatus> queues) {
    return new int[queues.size()];
  }

  @SuppressWarnings("ReferenceEquality") // What is equal and another object is looked up.
  int of(String name) {
    for (int i = 0; i < names.length && names[i] != null; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    int next = numbers.size();
    Integer number = numbers.putIfAbsent(name, next);
    if (number != null) {
      return number;
    }
    if (next < names.length) {
      names[next] = name;
    }
    return next;
  }
}
