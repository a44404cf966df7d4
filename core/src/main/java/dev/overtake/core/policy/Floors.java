package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What the policies share whose priorities change by themselves, or with other queues; for others
 * there is {@link PriorityLevels}. Each group of queues has a floor: the highest priority of its
 * ready queues. A queue below the floor of its group is held, ready or idle; queues on the floor
 * run side by side; where nobody is ready, nobody is held.
 *
 * <p>So no decision made of floors leaves a group idle that has work.
 */
final class Floors {
  private Floors() {}

  /**
   * The queues below their floors, by their indexes.
   *
   * @param groups of each queue the number of its group, from 0 and below the number of queues
   * @param priority of the queue at an index
   */
  static BitSet below(List<QueueStatus> queues, int[] groups, IntUnaryOperator priority) {
    int[] priorities = new int[groups.length];
    int[] floors = new int[groups.length];
    Arrays.fill(floors, Integer.MIN_VALUE);
    for (int i = 0; i < groups.length; i++) {
      priorities[i] = priority.applyAsInt(i);
      if (queues.get(i).ready() && priorities[i] > floors[groups[i]]) {
        floors[groups[i]] = priorities[i];
      }
    }
    var below = new BitSet(groups.length);
    for (int i = 0; i < groups.length; i++) {
      if (priorities[i] < floors[groups[i]]) {
        below.set(i);
      }
    }
    return below;
  }
}
