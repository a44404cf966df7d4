package dev.overtake.control.daemon;

import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.Usage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What queues used. Immutable.
 *
 * @param usages over the last seconds, of the queues that are live, by {@link SlotStatus#id}
 * @param totals since the daemon started, by index of the device, of finished queues too
 */
record Account(Map<Long, Usage> usages, Map<Integer, Totals> totals) {
  static final Account EMPTY = new Account(Map.of(), Map.of());

  /** Sums over all queues of a device. */
  record Totals(long submitted, long readyNanos, long heldNanos) {
    static final Totals ZERO = new Totals(0, 0, 0);

    Totals plus(Totals other) {
      return new Totals(
          submitted + other.submitted, readyNanos + other.readyNanos, heldNanos + other.heldNanos);
    }
  }

  Account {
    usages = Map.copyOf(usages);
    totals = Map.copyOf(totals);
  }

  /** Of this queue, or null if it has not been seen for long enough. */
  @Nullable Usage usage(SlotStatus queue) {
    return usages.get(queue.id());
  }
}
