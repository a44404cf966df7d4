package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

/**
 * AWF: while a process whose window is active has a ready queue, the queues of all other processes
 * are held, on every device of the machine. A process is active if any of its queues has the {@link
 * Hints#windowActive} hint; several may be, such as one a display, and then run side by side. From
 * XSched (OSDI'25, section 7.2, the desktop case).
 *
 * <p>Goes by process: the queues of one process never hold each other, so what one of them waits
 * for from another is not held back.
 *
 * <p>Invariant: either no ready queue is held, or exactly those of processes that are not active.
 * Those can starve while the active process computes without a pause, by design. A device can stand
 * idle: one that only they have work for, while the active process is busy elsewhere.
 */
public final class ActiveWindowFirst implements Policy {
  @Override
  public String name() {
    return "AWF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    List<QueueStatus> queues = snapshot.queues();
    long[] active =
        queues.stream()
            .filter(queue -> queue.hints().windowActive())
            .mapToLong(QueueStatus::process)
            .sorted()
            .toArray();
    return Decision.hold(
        Floors.below(
            queues,
            Groups.one(queues),
            i -> Arrays.binarySearch(active, queues.get(i).process()) >= 0 ? 1 : 0),
        Decision.NEVER);
  }
}
