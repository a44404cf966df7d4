package dev.overtake.core.policy;

import java.util.BitSet;
import java.util.HashMap;

/**
 * HPF: on each device, a queue is held while a queue of higher priority is ready. Queues of equal
 * priority run side by side. Fixed-priority scheduling as in XSched (OSDI'25, section 5.3).
 *
 * <p>Invariant: no held queue has a priority at or above that of every ready queue of its device. A
 * low-priority queue can starve, by design.
 */
public final class HighestPriorityFirst implements Policy {
  @Override
  public String name() {
    return "HPF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    // The floor of a device: the lowest priority that may run on it now.
    var floors = new HashMap<String, Integer>();
    for (QueueStatus queue : snapshot.queues()) {
      if (queue.ready()) {
        floors.merge(queue.device(), queue.hints().priority(), Math::max);
      }
    }
    var held = new BitSet();
    for (int i = 0; i < snapshot.queues().size(); i++) {
      QueueStatus queue = snapshot.queues().get(i);
      Integer floor = floors.get(queue.device());
      held.set(i, floor != null && queue.hints().priority() < floor);
    }
    return Decision.hold(held, Decision.NEVER);
  }
}
