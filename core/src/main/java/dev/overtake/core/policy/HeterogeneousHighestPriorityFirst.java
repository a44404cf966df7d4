package dev.overtake.core.policy;

/**
 * HHPF: on the whole machine, a queue is held while a queue of higher priority is ready, on
 * whatever device. For work that goes over several devices in turn, such as a pipeline of CPU, GPU
 * and NPU, whose stages a lower queue on any of them would delay. As in XSched (OSDI'25, section
 * 5.3, heterogeneous HPF).
 *
 * <p>Invariant: all ready queues that run have the same priority, the highest. A low-priority queue
 * can starve, by design. A device can stand idle, by design too: a low queue on an otherwise idle
 * device is held by a high one elsewhere.
 */
public final class HeterogeneousHighestPriorityFirst implements Policy {
  @Override
  public String name() {
    return "HHPF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return PriorityLevels.decide(this, snapshot, _ -> "", queue -> queue.hints().priority());
  }
}
