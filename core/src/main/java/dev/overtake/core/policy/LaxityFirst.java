package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

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
    List<QueueStatus> queues = snapshot.queues();
    int[] devices = Groups.byDevice(queues);
    int[] aboveLax = new int[queues.size()]; // By device: above those ready ones that can wait.
    Arrays.fill(aboveLax, Integer.MIN_VALUE);
    var wakeUp = new WakeUp();
    for (int i = 0; i < devices.length; i++) {
      QueueStatus queue = queues.get(i);
      Laxity laxity = queue.hints().laxity();
      if (laxity != null && queue.ready() && !critical(queue, laxity, nowNanos)) {
        wakeUp.in(laxity.nanos() - queue.readyForNanos(nowNanos));
        aboveLax[devices[i]] = Math.max(aboveLax[devices[i]], laxity.laxPriority() + 1);
      }
    }
    return Decision.hold(
        Floors.below(queues, devices, i -> priority(queues.get(i), aboveLax[devices[i]], nowNanos)),
        wakeUp.after(nowNanos));
  }

  private static int priority(QueueStatus queue, int aboveLax, long nowNanos) {
    Laxity laxity = queue.hints().laxity();
    if (laxity == null) {
      return queue.hints().priority();
    }
    return critical(queue, laxity, nowNanos)
        ? Math.max(laxity.criticalPriority(), aboveLax)
        : laxity.laxPriority();
  }

  private static boolean critical(QueueStatus queue, Laxity laxity, long nowNanos) {
    return queue.ready() && queue.readyForNanos(nowNanos) >= laxity.nanos();
  }
}
