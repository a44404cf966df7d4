package dev.overtake.core.policy;

import static java.util.Comparator.reverseOrder;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * {@link Floors} for priorities that only change when a queue is told another one: which queue has
 * which is kept from one decision to the next, and a decision only looks for who became ready or
 * idle. Where the scheduler keeps the status objects of queues that did not change, as the
 * simulator does, that takes a quarter of the time over a thousand queues. Immutable; equal to
 * another of the policy if the queues are.
 */
final class PriorityLevels {
  private final Policy policy;
  private final List<QueueStatus> queues;
  private final Function<QueueStatus, String> group;
  private final ToIntFunction<QueueStatus> priority;

  /** The queues of each group, by their indexes; those of the highest priority first. */
  private final List<List<BitSet>> levels;

  private final BitSet ready;

  private PriorityLevels(
      Policy policy,
      List<QueueStatus> queues,
      Function<QueueStatus, String> group,
      ToIntFunction<QueueStatus> priority,
      List<List<BitSet>> levels,
      BitSet ready) {
    this.policy = policy;
    this.queues = queues;
    this.group = group;
    this.priority = priority;
    this.levels = levels;
    this.ready = ready;
  }

  /**
   * Holds the queues below the floors of their groups, until a queue changes.
   *
   * @param policy whose memory this is: one that goes by other priorities begins anew
   * @param group that a queue competes in, by its status alone
   * @param priority within that, by its status alone
   */
  static Decision decide(
      Policy policy,
      Snapshot snapshot,
      Function<QueueStatus, String> group,
      ToIntFunction<QueueStatus> priority) {
    var past =
        snapshot.memory() instanceof PriorityLevels memory && memory.policy.equals(policy)
            ? memory
            : new PriorityLevels(policy, List.of(), group, priority, List.of(), new BitSet());
    PriorityLevels now = past.next(snapshot.queues());
    return Decision.hold(now.below(), Decision.NEVER).remembering(now);
  }

  private PriorityLevels next(List<QueueStatus> next) {
    if (next.size() != queues.size()) {
      return anew(next);
    }
    var nextReady = (BitSet) ready.clone();
    for (int i = Statuses.firstChange(queues, next, 0);
        i < next.size();
        i = Statuses.firstChange(queues, next, i + 1)) {
      if (!onSameLevel(queues.get(i), next.get(i))) {
        return anew(next);
      }
      nextReady.set(i, next.get(i).ready());
    }
    return new PriorityLevels(policy, next, group, priority, levels, nextReady);
  }

  /** After queues have come, gone or been given another priority. */
  private PriorityLevels anew(List<QueueStatus> next) {
    var groups = new HashMap<String, Map<Integer, BitSet>>();
    var nextReady = new BitSet(next.size());
    var level = new BitSet();
    for (int i = 0; i < next.size(); i++) {
      QueueStatus queue = next.get(i);
      if (i == 0 || !onSameLevel(queue, next.get(i - 1))) { // Mostly they come in rows.
        level =
            groups
                .computeIfAbsent(group.apply(queue), _ -> new TreeMap<>(reverseOrder()))
                .computeIfAbsent(priority.applyAsInt(queue), _ -> new BitSet());
      }
      level.set(i);
      if (queue.ready()) {
        nextReady.set(i);
      }
    }
    List<List<BitSet>> nextLevels =
        groups.values().stream().map(levelsOf -> List.copyOf(levelsOf.values())).toList();
    return new PriorityLevels(policy, next, group, priority, nextLevels, nextReady);
  }

  private boolean onSameLevel(QueueStatus one, QueueStatus other) {
    return priority.applyAsInt(one) == priority.applyAsInt(other)
        && group.apply(one).equals(group.apply(other));
  }

  private BitSet below() {
    var below = new BitSet(queues.size());
    for (List<BitSet> ofGroup : levels) {
      boolean aboveReady = true;
      for (BitSet level : ofGroup) {
        if (!aboveReady) {
          below.or(level);
        } else if (level.intersects(ready)) {
          aboveReady = false;
        }
      }
    }
    return below;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof PriorityLevels other
        && policy.equals(other.policy)
        && queues.equals(other.queues);
  }

  @Override
  public int hashCode() {
    return queues.hashCode();
  }
}
