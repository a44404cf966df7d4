package dev.overtake.core.policy;

/**
 * PUP: the processes on a device take turns, and each that has work gets its share of it; all
 * queues of a process run together, since they may wait for each other. Process utilization
 * partition as in XSched; in everything else the rule is that of {@linkplain UtilizationPartition
 * UP}.
 *
 * <p>The share and the timeslice of a process are the largest that any of its queues on the device
 * was given. A process with queues on several devices takes its turns on each of them by itself.
 *
 * <p>Invariants: at most one process runs on a device, and one does if any is ready. The service of
 * a process that stays ready is within a few turns of its share. Nobody starves.
 */
public final class ProcessUtilizationPartition implements Policy {
  private final FairShare shares =
      new FairShare(Entities.Grouping.PROCESS, new UtilizationShares(), false);

  @Override
  public String name() {
    return "PUP";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return shares.schedule(snapshot, nowNanos);
  }
}
