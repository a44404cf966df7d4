package dev.overtake.core.policy;

/**
 * On one device, the parties with the earliest deadlines: those that {@link
 * KEarliestDeadlinesFirst} lets run. A <em>party</em> is what counts as one: the queues of a
 * process that have the same deadline hint. It has the earliest deadline of its ready queues, and
 * of equal ones the smallest id. Not thread-safe.
 */
final class EarliestDeadlines {
  /** Of each party the queue whose deadline is earliest; the earliest party is first. */
  private final QueueStatus[] queues;

  /** In how long these deadlines are. */
  private final long[] leftNanos;

  private final long nowNanos;
  private int size;

  EarliestDeadlines(int most, long nowNanos) {
    queues = new QueueStatus[most];
    leftNanos = new long[most];
    this.nowNanos = nowNanos;
  }

  static boolean hasDeadline(QueueStatus queue) {
    return queue.hints().deadlineNanos() > 0;
  }

  int size() {
    return size;
  }

  /** A ready queue of the device, with a deadline; its party replaces the last if it is earlier. */
  void add(QueueStatus queue) {
    long left = leftNanos(queue);
    int place = placeOfParty(queue);
    if (place == queues.length) {
      place--;
    }
    if (place == size) {
      size++;
    } else if (!isBefore(queue, left, place)) {
      return;
    }
    for (; place > 0 && isBefore(queue, left, place - 1); place--) {
      queues[place] = queues[place - 1];
      leftNanos[place] = leftNanos[place - 1];
    }
    queues[place] = queue;
    leftNanos[place] = left;
  }

  /**
   * Whether a queue of the device is of one of the parties, or would be if it became ready now.
   * There must be at least one party.
   */
  boolean includes(QueueStatus queue) {
    return hasDeadline(queue)
        && (placeOfParty(queue) < size || isBefore(queue, leftNanos(queue), size - 1));
  }

  private int placeOfParty(QueueStatus queue) {
    for (int place = 0; place < size; place++) {
      QueueStatus other = queues[place];
      if (other.process() == queue.process()
          && other.hints().deadlineNanos() == queue.hints().deadlineNanos()) {
        return place;
      }
    }
    return size;
  }

  private boolean isBefore(QueueStatus queue, long left, int place) {
    return left == leftNanos[place] ? queue.id() < queues[place].id() : left < leftNanos[place];
  }

  private long leftNanos(QueueStatus queue) {
    return queue.hints().deadlineNanos() - (queue.ready() ? queue.readyForNanos(nowNanos) : 0);
  }
}
