package dev.overtake.core.policy;

import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * LAX: {@linkplain HighestPriorityFirst HPF} on each device with priorities that rise by waiting. A
 * ready queue with a {@link Laxity} has its lax priority as long as it can wait, and from then on
 * its critical one; an idle queue can wait. A queue without laxity has its plain priority. From
 * XSched (OSDI'25, section 5.3, laxity-based), after least-laxity-first (Mok, 1983) with two steps
 * instead of a continuous order, so that queues do not take turns at every instant.
 *
 * <p>A critical queue never waits for one that can still wait, whatever priorities they were given:
 * it has a higher priority than every lax queue that is ready on its device. (In XSched it may
 * wait, if its critical priority is below the other's lax one.)
 *
 * <p>Invariants: as of HPF, with these priorities. Never leaves a device idle that has work. Asks
 * to be woken when the first queue becomes critical. Queues of low priority can starve; one with a
 * laxity only if its critical priority is lower than what is always ready.
 */
public final class LaxityFirst implements Policy {
  @Override
  public String name() {
    return "LAX";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    var wakeUp = new WakeUp();
    var highestLax = new HashMap<String, Integer>(); // By device, of its ready queues.
    for (QueueStatus queue : snapshot.queues()) {
      Laxity laxity = queue.hints().laxity();
      if (laxity != null && queue.ready() && !critical(queue, laxity, nowNanos)) {
        wakeUp.in(laxity.nanos() - queue.readyForNanos(nowNanos));
        highestLax.merge(queue.device(), laxity.laxPriority(), Math::max);
      }
    }
    return Decision.hold(
        Floors.below(
            snapshot.queues(),
            QueueStatus::device,
            queue -> priority(queue, highestLax.get(queue.device()), nowNanos)),
        wakeUp.after(nowNanos));
  }

  private static int priority(QueueStatus queue, @Nullable Integer highestLax, long nowNanos) {
    Laxity laxity = queue.hints().laxity();
    if (laxity == null) {
      return queue.hints().priority();
    }
    if (!critical(queue, laxity, nowNanos)) {
      return laxity.laxPriority();
    }
    int priority = laxity.criticalPriority();
    return highestLax == null ? priority : Math.max(priority, highestLax + 1);
  }

  private static boolean critical(QueueStatus queue, Laxity laxity, long nowNanos) {
    return queue.ready() && queue.readyForNanos(nowNanos) >= laxity.nanos();
  }
}
