package dev.overtake.control.daemon;

import dev.overtake.control.daemon.Account.Queue;
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
  private final Map<Queue, QueueHistory> live = new HashMap<>();
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
    var seen = new HashSet<Queue>();
    for (SlotStatus queue : page.slots().status()) {
      Queue key = Queue.of(queue);
      seen.add(key);
      QueueHistory history = live.get(key);
      if (history != null && history.restarted(queue)) {
        finish(history);
        history = null;
      }
      if (history == null) {
        history = new QueueHistory(queue.device());
        live.put(key, history);
      }
      history.add(queue, nowNanos);
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

  private Map<Queue, Usage> usages() {
    var usages = new HashMap<Queue, Usage>();
    live.forEach((queue, history) -> history.usage().ifPresent(usage -> usages.put(queue, usage)));
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
