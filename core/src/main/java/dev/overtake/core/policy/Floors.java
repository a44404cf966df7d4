package dev.overtake.core.policy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * What the policies by priority share. Each group of queues has a floor: the highest priority of
 * its ready queues. A queue below the floor of its group is held, ready or idle; queues on the
 * floor run side by side; where nobody is ready, nobody is held.
 *
 * <p>So no decision made of floors leaves a group idle that has work.
 */
final class Floors {
  private static final class Floor {
    int priority = Integer.MIN_VALUE;
  }

  private Floors() {}

  /** The queues below their floors, by their indexes. */
  static BitSet below(
      List<QueueStatus> queues,
      Function<QueueStatus, String> group,
      ToIntFunction<QueueStatus> priority) {
    var floors = new HashMap<String, Floor>();
    var floorOf = new Floor[queues.size()];
    var priorities = new int[queues.size()];
    for (int i = 0; i < priorities.length; i++) {
      QueueStatus queue = queues.get(i);
      Floor floor = floors.computeIfAbsent(group.apply(queue), unseen -> new Floor());
      floorOf[i] = floor;
      priorities[i] = priority.applyAsInt(queue);
      if (queue.ready() && priorities[i] > floor.priority) {
        floor.priority = priorities[i];
      }
    }
    var below = new BitSet(priorities.length);
    for (int i = 0; i < priorities.length; i++) {
      if (priorities[i] < floorOf[i].priority) {
        below.set(i);
      }
    }
    return below;
  }
}
