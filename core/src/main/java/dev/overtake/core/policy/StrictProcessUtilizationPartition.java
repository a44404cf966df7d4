package dev.overtake.core.policy;

/**
 * SPUP: shares by process as in {@linkplain ProcessUtilizationPartition PUP}, and never more than
 * the share: the device idles rather than give a process the time of another one. For who sells or
 * compares parts of a device: how fast a process is does not depend on who else is there. XSched
 * (OSDI'25) has such a partition; the rule here is that of a constant-bandwidth server (Abeni and
 * Buttazzo, "Integrating multimedia applications in hard real-time systems", RTSS 1998).
 *
 * <p>A process is due its share of all time that passes. It gets a turn when it is owed something,
 * and after the turn is held until it is again: its <em>period</em> is the length of its turn over
 * its share, such as 4 ms for a half of the device in turns of 2 ms. What it is owed grows while it
 * waits for its turn; while it is idle it grows to one timeslice and no further.
 *
 * <p>Invariants: at most one process runs on a device. In any time <em>t</em> after it became ready
 * a process has turns for at most its share of <em>t</em>, a turn and a timeslice. What runs on
 * after a turn is charged to it, so that it is held for longer, and a process whose commands are
 * longer than its turns keeps to its share too; but not under a scheduler that {@linkplain
 * QueueStatus#servedNanos cannot tell}. The shares of a device add up to no more than it has: hints
 * beyond that are scaled down, and the share of an idle process is not given to others. Nobody
 * starves; whoever is held is woken up again. The device idles, by design, while those that are
 * ready have had their shares.
 */
public final class StrictProcessUtilizationPartition implements Policy {
  private final FairShare shares =
      new FairShare(Entities.Grouping.PROCESS, new UtilizationShares(), true);

  @Override
  public String name() {
    return "SPUP";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return shares.schedule(snapshot, nowNanos);
  }
}
