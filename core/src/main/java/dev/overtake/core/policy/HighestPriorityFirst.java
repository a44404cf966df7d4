package dev.overtake.core.policy;

/**
 * HPF: on each device, a queue is held while a queue of higher priority is ready. Queues of equal
 * priority run side by side. Fixed-priority scheduling as in XSched (OSDI'25, section 5.3).
 *
 * <p>Invariant: no held queue has a priority at or above that of every ready queue of its device.
 * Never leaves a device idle that has work. A low-priority queue can starve, by design.
 */
public final class HighestPriorityFirst implements Policy {
  @Override
  public String name() {
    return "HPF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return PriorityLevels.decide(
        this, snapshot, QueueStatus::device, queue -> queue.hints().priority());
  }
}
