package dev.overtake.core.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
  /** What counts as one: the queues of a process on a device that have the same deadline hint. */
  private record Party(String device, long process, long deadlineNanos) {
    static @Nullable Party of(QueueStatus queue) {
      long deadlineNanos = queue.hints().deadlineNanos();
      return deadlineNanos == 0 ? null : new Party(queue.device(), queue.process(), deadlineNanos);
    }
  }

  /** A place in the order on a device: how long it is to the deadline, and the tie-breaker. */
  private record Rank(long leftNanos, long id) implements Comparable<Rank> {
    private static final Comparator<Rank> ORDER =
        Comparator.comparingLong(Rank::leftNanos).thenComparingLong(Rank::id);

    static Rank of(QueueStatus queue, long nowNanos) {
      long readyForNanos = queue.ready() ? queue.readyForNanos(nowNanos) : 0;
      return new Rank(queue.hints().deadlineNanos() - readyForNanos, queue.id());
    }

    @Override
    public int compareTo(Rank other) {
      return ORDER.compare(this, other);
    }
  }

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
    Map<Party, Rank> ranks = ranks(snapshot.queues(), nowNanos);
    Map<String, Rank> last = lastThatRuns(ranks);
    var held = new BitSet();
    for (int i = 0; i < snapshot.queues().size(); i++) {
      QueueStatus queue = snapshot.queues().get(i);
      Rank floor = last.get(queue.device());
      if (floor != null) {
        held.set(i, comesAfter(floor, queue, ranks, nowNanos));
      }
    }
    return Decision.hold(held, Decision.NEVER);
  }

  /** The earliest deadline of each party that has a ready queue. */
  private static Map<Party, Rank> ranks(List<QueueStatus> queues, long nowNanos) {
    var ranks = new HashMap<Party, Rank>();
    for (QueueStatus queue : queues) {
      Party party = queue.ready() ? Party.of(queue) : null;
      if (party != null) {
        ranks.merge(party, Rank.of(queue, nowNanos), (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
    return ranks;
  }

  /**
   * On each device that has {@code k} ready parties with deadlines, the last one of the first k.
   */
  private Map<String, Rank> lastThatRuns(Map<Party, Rank> ranks) {
    var byDevice = new HashMap<String, List<Rank>>();
    ranks.forEach(
        (party, rank) ->
            byDevice.computeIfAbsent(party.device(), unseen -> new ArrayList<>()).add(rank));
    var last = new HashMap<String, Rank>();
    byDevice.forEach(
        (device, ofDevice) -> {
          if (ofDevice.size() >= k) {
            ofDevice.sort(null);
            last.put(device, ofDevice.get(k - 1));
          }
        });
    return last;
  }

  /** An idle queue has the rank that it would have if it became ready now. */
  private static boolean comesAfter(
      Rank floor, QueueStatus queue, Map<Party, Rank> ranks, long nowNanos) {
    Party party = Party.of(queue);
    if (party == null) {
      return true;
    }
    Rank rank = ranks.get(party);
    return (rank == null ? Rank.of(queue, nowNanos) : rank).compareTo(floor) > 0;
  }
}
