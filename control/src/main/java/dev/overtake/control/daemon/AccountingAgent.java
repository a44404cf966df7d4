package dev.overtake.control.daemon;

import dev.overtake.control.daemon.Account.Totals;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.Usage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * Keeps account: samples the counters of every queue and tells what it used over the last {@link
 * QueueHistory#WINDOW_NANOS}; adds up what finished queues used, so that totals never sink.
 */
final class AccountingAgent implements Agent {
  static final long INTERVAL_NANOS = 250_000_000;

  private final ControlPage page;
  private final Map<Long, QueueHistory> live = new HashMap<>();
  private final Map<Integer, Totals> finished = new HashMap<>();
  private long dueNanos = Long.MIN_VALUE;

  /** Read by whoever asks. */
  private volatile Account account = Account.EMPTY;

  AccountingAgent(ControlPage page) {
    this.page = page;
  }

  /** As of the last sample. Safe for use by any thread. */
  Account account() {
    return account;
  }

  @Override
  public int doWork(long nowNanos) {
    if (nowNanos < dueNanos) {
      return 0;
    }
    dueNanos = nowNanos + INTERVAL_NANOS;
    var seen = new HashSet<Long>();
    for (SlotStatus queue : page.slots().status()) {
      seen.add(queue.id());
      live.computeIfAbsent(queue.id(), id -> new QueueHistory(queue.device())).add(queue, nowNanos);
    }
    live.entrySet()
        .removeIf(
            entry -> {
              boolean gone = !seen.contains(entry.getKey());
              if (gone) {
                finish(entry.getValue());
              }
              return gone;
            });
    account = new Account(usages(), totals());
    return 1;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }

  private void finish(QueueHistory history) {
    finished.merge(history.device(), history.totals(), Totals::plus);
  }

  private Map<Long, Usage> usages() {
    var usages = new HashMap<Long, Usage>();
    live.forEach((id, history) -> history.usage().ifPresent(usage -> usages.put(id, usage)));
    return usages;
  }

  private Map<Integer, Totals> totals() {
    var totals = new HashMap<>(finished);
    for (QueueHistory history : live.values()) {
      totals.merge(history.device(), history.totals(), Totals::plus);
    }
    return totals;
  }
}
