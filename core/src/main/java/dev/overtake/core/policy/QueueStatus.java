package dev.overtake.core.policy;

/**
 * One queue as a policy sees it.
 *
 * @param id of this queue and, within its scheduler, of no other one ever
 * @param name for people; need not be unique
 * @param device the XPU that the queue's commands run on
 * @param process of the queue: its pid; queues of one process may wait for each other
 * @param nice of the process, as Linux has it: -20 to 19, smaller is more urgent
 * @param ready whether the queue has unfinished commands, and its owner lets them run
 * @param readySinceNanos when it last became ready, on the clock that the policy is given
 * @param servedNanos for how long the device has worked for it in all, up to now; stays 0 where the
 *     scheduler cannot tell. It counts on after a queue is held, while what is in flight still
 *     runs; but not in the library at level 2, where nobody tells when that ends
 * @param hints what its owner said of it
 */
public record QueueStatus(
    long id,
    String name,
    String device,
    long process,
    int nice,
    boolean ready,
    long readySinceNanos,
    long servedNanos,
    Hints hints) {
  /** As a scheduler sees it that cannot tell how long the device has worked for it. */
  public QueueStatus(
      long id,
      String name,
      String device,
      long process,
      int nice,
      boolean ready,
      long readySinceNanos,
      Hints hints) {
    this(id, name, device, process, nice, ready, readySinceNanos, 0, hints);
  }

  /**
   * For how long it has been ready, if it is ready.
   *
   * @param nowNanos the time that the policy is given
   * @return 0 or above, also if the queue became ready after that time was taken
   */
  public long readyForNanos(long nowNanos) {
    return Math.max(0, nowNanos - readySinceNanos);
  }
}
