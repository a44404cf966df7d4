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

  @Override
  public QueueStatus get(int index) {
    return (QueueStatus) statuses[index];
  }

  @Override
  public int size() {
    return statuses.length;
  }
}
