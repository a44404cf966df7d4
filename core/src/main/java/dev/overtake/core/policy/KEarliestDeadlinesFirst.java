package dev.overtake.core.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * KEDF: on each device the {@code k} ready queues with the earliest deadlines run, and nobody else.
 * A queue's deadline is {@link Hints#deadlineNanos} after it became ready; of equal deadlines, the
 * smaller id is first. Queues without a deadline run only while fewer than {@code k} with one are
 * ready. From XSched (OSDI'25, section 5.3); {@code k} above 1 is for devices that run several
 * queues at once.
 *
 * <p>With {@code k} = 1 it is earliest deadline first, which is optimal on one device that can be
 * preempted at any time (preemption level 3): if any schedule meets every deadline, it does (Liu
 * and Layland, Journal of the ACM 20(1), 1973; Dertouzos, 1974). At the lower levels a command that
 * runs finishes first, and a deadline may be missed by that much.
 *
 * <p>Queues of one process may wait for each other. Those with the same deadline hint, as a hint
 * for the whole process gives it to all, count as one: they run together, by the earliest of their
 * deadlines. Those to which their owner gave different hints, or only to some, are told apart by
 * their owner and are ranked each by itself; what one of them waits for should have a hint at least
 * as short. The optimality above is for what counts as one.
 *
 * <p>Invariants: no held queue has an earlier deadline than one that runs; at most {@code k} with a
 * deadline run while as many are ready. Never leaves a device idle that has work. Queues without a
 * deadline can starve, by design; one with a deadline cannot, as long as the others become idle in
 * time: what becomes ready later has, at last, a later deadline.
 */
public final class KEarliestDeadlinesFirst implements Policy {
  private final int k;

  /** With one queue a device. */
  public KEarliestDeadlinesFirst() {
    this(1);
  }

  /**
   * @param k how many queues may run on a device at a time, at least 1
   * @throws IllegalArgumentException if it is less
   */
  public KEarliestDeadlinesFirst(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k of %d is out of range: give at least 1".formatted(k));
    }
    this.k = k;
  }

  @Override
  public String name() {
    return "KEDF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    List<QueueStatus> queues = snapshot.queues();
    var numbers = new Groups();
    int[] devices = new int[queues.size()];
    var first = new ArrayList<EarliestDeadlines>(); // By device.
    for (int i = 0; i < devices.length; i++) {
      QueueStatus queue = queues.get(i);
      devices[i] = numbers.of(queue.device());
      if (devices[i] == first.size()) {
        first.add(new EarliestDeadlines(Math.min(k, queues.size()), nowNanos));
      }
      if (queue.ready() && EarliestDeadlines.hasDeadline(queue)) {
        first.get(devices[i]).add(queue);
      }
    }
    var held = new BitSet(devices.length);
    for (int i = 0; i < devices.length; i++) {
      EarliestDeadlines ofDevice = first.get(devices[i]);
      if (ofDevice.size() >= k && !ofDevice.includes(queues.get(i))) {
        held.set(i);
      }
    }
    return Decision.hold(held, Decision.NEVER);
  }
}
