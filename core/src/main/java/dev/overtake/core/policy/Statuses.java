package dev.overtake.core.policy;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * The queues of a snapshot: a list that nobody can change. {@link List#copyOf} makes one as well,
 * but looks at each element, and for a thousand queues that takes seven times as long as the copy.
 */
final class Statuses extends AbstractList<QueueStatus> implements RandomAccess {
  private final Object[] statuses;

  private Statuses(Object[] statuses) {
    this.statuses = statuses;
  }

  static List<QueueStatus> copyOf(List<QueueStatus> queues) {
    return queues instanceof Statuses ? queues : new Statuses(queues.toArray());
  }

  /**
   * The first queue from an index on that has another status in the next snapshot, of as many
   * queues, or how many there are; a scheduler may keep the others' statuses.
   */
  @SuppressWarnings("ReferenceEquality") // Another one that is equal is only looked at in vain.
  static int firstChange(List<QueueStatus> queues, List<QueueStatus> next, int from) {
    int i = from;
    while (i < next.size() && next.get(i) == queues.get(i)) {
      i++;
    }
    return i;
  }

  @Override
  public QueueStatus get(int index) {
    return (QueueStatus) statuses[index];
  }

  @Override
  public int size() {
    return statuses.length;
  }
}
