package dev.overtake.control.daemon;

import dev.overtake.control.daemon.Account.Totals;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.Usage;
import java.util.ArrayDeque;
import java.util.Optional;

/** The counters of one queue at the last moments at which somebody looked. */
final class QueueHistory {
  /** How far it goes back. */
  static final long WINDOW_NANOS = 2_000_000_000;

  private record Sample(long atNanos, Totals totals, long waitingNanos) {
    long heldNanos() {
      return totals.heldNanos() + waitingNanos;
    }
  }

  private final int device;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  QueueHistory(int device) {
    this.device = device;
  }

  int device() {
    return device;
  }

  void add(SlotStatus queue, long nowNanos) {
    var totals = new Totals(queue.submitted(), queue.readyNanos(nowNanos), queue.heldNanos());
    samples.addLast(new Sample(nowNanos, totals, waiting(queue, nowNanos)));
    // The first one kept is as old as the window, or as old as the queue.
    while (samples.size() > 2 && nowNanos - second().atNanos() >= WINDOW_NANOS) {
      samples.removeFirst();
    }
  }

  /** A thread that still waits is not in the counter yet: it counts from when it was seen first. */
  private long waiting(SlotStatus queue, long nowNanos) {
    Sample last = samples.peekLast();
    boolean still = last != null && queue.held() && queue.heldNanos() == last.totals().heldNanos();
    return still ? last.waitingNanos() + nowNanos - last.atNanos() : 0;
  }

  private Sample second() {
    var each = samples.iterator();
    each.next();
    return each.next();
  }

  /** As of the last sample. */
  Totals totals() {
    return samples.isEmpty() ? Totals.ZERO : samples.getLast().totals();
  }

  /** Over the window, once there are two samples. */
  Optional<Usage> usage() {
    if (samples.size() < 2) {
      return Optional.empty();
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    double nanos = last.atNanos() - first.atNanos();
    return Optional.of(
        new Usage(
            Math.clamp(
                (last.totals().readyNanos() - first.totals().readyNanos()) / nanos, 0.0, 1.0),
            (last.totals().submitted() - first.totals().submitted()) / nanos * 1e9,
            Math.max(0, (last.heldNanos() - first.heldNanos()) / nanos)));
  }
}
