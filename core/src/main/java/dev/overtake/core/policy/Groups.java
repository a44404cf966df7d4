package dev.overtake.core.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the groups of queues that compete, such as those of one device, from 0 in the order in
 * which they come. Not thread-safe.
 *
 * <p>The queues of a process stand together in a snapshot, mostly, so most are of the group that
 * was asked for last: that is looked at before anything is hashed.
 */
final class Groups {
  private final Map<String, Integer> numbers = new HashMap<>();
  private String last = "";
  private int lastNumber = -1;

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

  int of(String name) {
    if (lastNumber < 0 || !name.equals(last)) {
      Integer number = numbers.putIfAbsent(name, numbers.size());
      lastNumber = number == null ? numbers.size() - 1 : number;
      last = name;
    }
    return lastNumber;
  }
}
