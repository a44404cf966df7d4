package dev.overtake.core.policy;

/**
 * UP: the queues of a device take turns, and each that has work gets its share of it ({@link
 * Hints#utilizationPercent}); queues without a share have equal parts of what the others leave, and
 * together at least 1 % of the device. Utilization partition as in XSched (OSDI'25, section 5.3),
 * by stride scheduling (Waldspurger and Weihl, "Stride scheduling", 1995) where XSched goes round.
 *
 * <p>A turn lasts the queue's {@linkplain Hints#timesliceNanos timeslice}, or 2 ms, times its share
 * over the average share, within a quarter and twice the timeslice. What counts as service is how
 * long the {@linkplain QueueStatus#servedNanos device worked} for a queue, in its turn or after it,
 * and the time of its turn in which the device worked for nobody. Under a scheduler that cannot
 * tell, it is the turns, and what runs on after one counts for the next queue. In the library, at
 * level 2 what still runs when a queue is held is not counted. A queue that was idle catches up on
 * one timeslice at most.
 *
 * <p>Invariants: at most one queue of a device runs, and one does if any is ready (the time of idle
 * queues goes to the others by their shares). The service of a queue that stays ready is within a
 * few turns of its share. Nobody starves. The queues of one process may wait for each other: then
 * {@linkplain ProcessUtilizationPartition PUP} does better, since here a turn passes idly.
 */
public final class UtilizationPartition implements Policy {
  private final FairShare shares =
      new FairShare(Entities.Grouping.QUEUE, new UtilizationShares(), false);

  @Override
  public String name() {
    return "UP";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return shares.schedule(snapshot, nowNanos);
  }
}
