package dev.overtake.core.policy;

/**
 * CFS: the processes on a device get time in proportion to weights, and the weight follows from the
 * {@linkplain Hints#priority priority}: 1.25 times as much for a step, for priorities from -20 to
 * 20, beyond which the weight stays the same (so none is above 7,523 times another). A process has
 * the highest priority of its queues on the device. After Linux' completely fair scheduler, as
 * XSched (OSDI'25, section 7.2) uses it for accelerators.
 *
 * <p>Who has had the least time over weight runs, for a turn of its {@linkplain
 * Hints#timesliceNanos timeslice}, or 2 ms, scaled by its weight within a quarter and twice that.
 * Within its turn it is preempted only by a process that wakes up and is behind by more than a
 * quarter of a timeslice. A newcomer starts with the average of those that are ready, as on Linux
 * since 6.6: starting with the least of them, a stream of short-lived processes could keep the
 * others waiting. Who slept is up to one timeslice ahead of that.
 *
 * <p>Invariants: at most one process runs on a device, and one does if any is ready. Processes that
 * stay ready are served in proportion to their weights, within a few turns. Nobody starves.
 */
public final class CompletelyFair implements Policy {
  private final FairShare shares =
      new FairShare(Entities.Grouping.PROCESS, new PriorityWeights(), false);

  @Override
  public String name() {
    return "CFS";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return shares.schedule(snapshot, nowNanos);
  }
}
