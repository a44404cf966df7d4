package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SLO: batch work runs beside requests for as long as their latency target can bear it. A queue
 * with a {@link LatencyTarget} is never held. Its requests are its <em>spans</em>, from ready to
 * idle. Queues of the same device without a target are batch work: they run while no span is under
 * way, and beside a span for at most the queue's <em>allowance</em>; then all of them are held
 * until the span ends. Our own; the idea of an error budget that may be spent is that of site
 * reliability engineering (Beyer et al., 2016, chapter 3).
 *
 * <h2>The control rule</h2>
 *
 * <ul>
 *   <li><b>Within a span.</b> Once batch work has run beside it for the allowance, the span has the
 *       device for itself at once. That moment is the last at which this still helps: a span that
 *       would take {@code w} alone takes {@code w + c b} if batch work runs beside it for {@code
 *       b}, where {@code c}, the part of that time that it loses, is between 0 and 1. Time beside
 *       others is what counts, and not the span's age: alone it loses nothing.
 *   <li><b>Growth.</b> A span that used up its allowance and had room left raises it by an eighth
 *       of that room. This is safe without knowing {@code w} or {@code c}: as {@code c} is at most
 *       1, the whole room would be. The allowance comes to where the room is nothing, {@code
 *       (target - w) / c}, which is what somebody who knew both would choose. A span that ended
 *       before it had used up its allowance says nothing about a larger one. The first spans are
 *       alone, and so measure {@code w}.
 *   <li><b>Step back.</b> A span that missed its target lowers the allowance to below what ran
 *       beside it, by twice the excess (since {@code c} may be small) and a little; unless the
 *       excess is longer than batch work ran beside it, which then was not the cause.
 *   <li><b>Error budget.</b> Of the last spans, {@code 100 - percentile} percent may miss. The
 *       account forgets at a rate at which ten allowed misses are remembered, and begins with one
 *       free miss. Growth slows down as the budget is used, and ends at half of it, so that what
 *       cannot be foreseen has the other half. While the budget is overdrawn, nothing is allowed:
 *       every span has the device for itself from its beginning, until others have made good for
 *       the misses.
 *   <li><b>Late spans.</b> A missed span keeps what it has, as late is better than later, up to
 *       twice its target. What lasts longer is no request: batch work runs beside it.
 * </ul>
 *
 * <p>So the percentile is kept whenever it is kept with everything held from the start of every
 * span, but for one miss; if it is not even then, batch work runs between spans, and is held during
 * each for next to nothing: a target that nothing can meet looks like one that needs more room.
 * Misses are not made on purpose to use up the budget: that would win batch work less than the
 * spared part of that few spans.
 *
 * <p>Invariants: a queue with a target is never held; batch work of a device is all held or all
 * runs. Never leaves a device idle that has work. Batch work has the time between spans for sure;
 * it can starve where spans leave none, such as those of many queues of one device.
 *
 * <p>It goes by queue: a queue without a target is batch work even in a process with others that
 * have one, since its owner has told them apart.
 */
public final class LatencyObjective implements Policy {
  /** A queue with a target, as the last decision left it. */
  private record Watched(
      SpanBudget budget, boolean ready, long readySinceNanos, long besideNanos, boolean beside) {

    static Watched since(QueueStatus queue, SpanBudget budget) {
      return new Watched(budget, queue.ready(), queue.readySinceNanos(), 0, false);
    }

    /** What it is now, if this was the last decision's time. */
    Watched now(QueueStatus queue, long lastNanos, long nowNanos) {
      if (ready && queue.ready() && queue.readySinceNanos() == readySinceNanos) {
        long more = beside ? Math.max(0, nowNanos - lastNanos) : 0;
        return new Watched(budget, true, readySinceNanos, besideNanos + more, false);
      }
      return since(queue, ready ? ended(queue, lastNanos, nowNanos) : budget);
    }

    /** The span ended at the latest when the next one began. */
    private SpanBudget ended(QueueStatus queue, long lastNanos, long nowNanos) {
      long endNanos = queue.ready() ? queue.readySinceNanos() : nowNanos;
      long more = beside ? Math.max(0, endNanos - lastNanos) : 0;
      return budget.spanEnded(Math.max(0, endNanos - readySinceNanos), besideNanos + more);
    }

    Watched beside(boolean beside) {
      return new Watched(budget, ready, readySinceNanos, besideNanos, beside);
    }

    /** For how much longer batch work may run beside the span. */
    long leftNanos() {
      return budget.grantedNanos() - besideNanos;
    }
  }

  /**
   * @param watched by the queue's index; null for those without a target
   */
  private record Memory(long atNanos, Entities queues, List<@Nullable Watched> watched) {
    static Memory none(long nowNanos) {
      return new Memory(nowNanos, Entities.nobody(Entities.Grouping.QUEUE), List.of());
    }
  }

  @Override
  public String name() {
    return "SLO";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    List<QueueStatus> queues = snapshot.queues();
    Memory past = snapshot.memory() instanceof Memory m ? m : Memory.none(nowNanos);
    Entities entities = past.queues.next(queues);
    int[] devices = entities.devicesOfQueues();
    var watched = watch(queues, entities.in(past.queues), past, nowNanos);
    var contended = new BitSet(); // Devices on which batch work is ready.
    var closed = new BitSet(); // Devices that a span has for itself.
    var wakeUp = new WakeUp();
    for (int i = 0; i < devices.length; i++) {
      QueueStatus queue = queues.get(i);
      Watched span = watched[i];
      if (queue.ready() && span == null) {
        contended.set(devices[i]);
      } else if (span != null && wantsDevice(queue, span, nowNanos, wakeUp)) {
        closed.set(devices[i]);
      }
    }
    var held = new BitSet(devices.length);
    for (int i = 0; i < devices.length; i++) {
      boolean isClosed = closed.get(devices[i]);
      Watched span = watched[i];
      if (span == null) {
        held.set(i, isClosed);
      } else if (span.ready && contended.get(devices[i]) && !isClosed) {
        watched[i] = span.beside(true);
        if (span.leftNanos() > 0) {
          wakeUp.in(span.leftNanos());
        }
      }
    }
    return Decision.hold(held, wakeUp.after(nowNanos))
        .remembering(new Memory(nowNanos, entities, Arrays.asList(watched)));
  }

  /**
   * By the queue's index; null for those without a target.
   *
   * @param before the index of each queue in the last snapshot, or {@link Entities#NONE}
   */
  private static @Nullable Watched[] watch(
      List<QueueStatus> queues, int[] before, Memory past, long nowNanos) {
    var watched = new @Nullable Watched[queues.size()];
    for (int i = 0; i < watched.length; i++) {
      QueueStatus queue = queues.get(i);
      LatencyTarget target = queue.hints().latencyTarget();
      if (target != null) {
        Watched last = before[i] == Entities.NONE ? null : past.watched.get(before[i]);
        watched[i] =
            last == null || !last.budget.target().equals(target)
                ? Watched.since(queue, SpanBudget.of(target))
                : last.now(queue, past.atNanos, nowNanos);
      }
    }
    return watched;
  }

  /** Whether a span has used up its allowance, and is not so late that it has lost its claim. */
  private static boolean wantsDevice(
      QueueStatus queue, Watched span, long nowNanos, WakeUp wakeUp) {
    if (!queue.ready() || span.leftNanos() > 0) {
      return false;
    }
    long targetNanos = span.budget.target().nanos();
    long claimNanos = targetNanos > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * targetNanos;
    long leftNanos = claimNanos - queue.readyForNanos(nowNanos);
    if (leftNanos > 0) {
      wakeUp.in(leftNanos);
    }
    return leftNanos > 0;
  }
}
