package dev.overtake.control.daemon;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.SlotStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts right what processes leave behind that ended without a word: slots of dead owners are
 * released, claims that were never finished are given back, and floors that their slots do not give
 * are computed again.
 */
final class LivenessAgent implements Agent {
  static final long INTERVAL_NANOS = 100_000_000;

  /** Claiming is a few hundred bytes of writing: who takes longer than this is dead, or stopped. */
  static final long CLAIMING_NANOS = 5_000_000_000L;

  /** A queue that gets stuck gets stuck often; nobody reads ten lines a second. */
  static final long WARNING_NANOS = 10_000_000_000L;

  /** How often a queue was found stuck, and when that was last told. */
  private record Escapes(long count, long toldNanos) {}

  private final ControlPage page;
  private final Claims claims;
  private final Consumer<String> warnings;

  private final Map<Integer, Long> claimingSince = new HashMap<>();
  // By the id of a queue: its slot may be another's by the next look.
  private final Map<Long, Escapes> escapes = new HashMap<>();
  private final Set<Long> damaged = new HashSet<>();
  private long dueNanos = Long.MIN_VALUE;

  LivenessAgent(ControlPage page, Consumer<String> warnings) {
    this.page = page;
    this.claims = new Claims(page);
    this.warnings = warnings;
  }

  @Override
  public int doWork(long nowNanos) {
    if (nowNanos < dueNanos) {
      return 0;
    }
    dueNanos = nowNanos + INTERVAL_NANOS;
    int repaired = reapDead() + abandonUnfinished(nowNanos) + repairFloors();
    List<SlotStatus> queues = page.slots().status();
    warnOfDamage(queues);
    warnOfEscapes(queues, nowNanos);
    return repaired;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }

  private int reapDead() {
    var alive = new HashMap<Owner, Boolean>();
    int reaped = 0;
    for (SlotStatus queue : page.slots().claimed()) {
      Owner owner = queue.owner();
      if (!alive.computeIfAbsent(owner, Owner::alive) && claims.reap(queue.slot(), owner)) {
        reaped++;
        warnings.accept(
            "process %d ended without releasing queue %d (%s); its slot is free again"
                .formatted(owner.pid(), queue.slot(), queue.name()));
      }
    }
    return reaped;
  }

  private int abandonUnfinished(long nowNanos) {
    Set<Integer> unfinished = page.slots().unfinishedClaims();
    claimingSince.keySet().retainAll(unfinished);
    int abandoned = 0;
    for (int slot : unfinished) {
      long since = claimingSince.computeIfAbsent(slot, s -> nowNanos);
      if (nowNanos - since >= CLAIMING_NANOS && !page.slots().owner(slot).alive()) {
        claims.abandon(slot);
        claimingSince.remove(slot);
        abandoned++;
        warnings.accept(
            "slot %d was claimed and never filled in: whoever did is dead; it is free again"
                .formatted(slot));
      }
    }
    return abandoned;
  }

  private int repairFloors() {
    int repaired = 0;
    for (var device : page.devices().status()) {
      if (!page.floor().agrees(device.index())) {
        page.floor().recompute(device.index());
        repaired++;
      }
    }
    return repaired;
  }

  private void warnOfDamage(List<SlotStatus> queues) {
    var now = new HashSet<Long>();
    for (SlotStatus queue : queues) {
      if (!page.devices().valid(queue.device())
          || queue.priority() < PageLayout.MIN_PRIORITY
          || queue.priority() > PageLayout.MAX_PRIORITY) {
        now.add(queue.id());
        if (damaged.add(queue.id())) {
          warnings.accept(
              "slot %d (process %d) is damaged: device %d, priority %d; it takes no part in scheduling as it should, restart that process"
                  .formatted(queue.slot(), queue.owner().pid(), queue.device(), queue.priority()));
        }
      }
    }
    damaged.retainAll(now);
  }

  private void warnOfEscapes(List<SlotStatus> queues, long nowNanos) {
    var live = new HashSet<Long>();
    for (SlotStatus queue : queues) {
      live.add(queue.id());
      Escapes told = escapes.get(queue.id());
      if (queue.escapes() > (told == null ? 0 : told.count())
          && (told == null || nowNanos - told.toldNanos() >= WARNING_NANOS)) {
        escapes.put(queue.id(), new Escapes(queue.escapes(), nowNanos));
        warnings.accept(
            "queue %d (%s, process %d) made no progress while it held others, %d times so far; they were let through"
                .formatted(queue.slot(), queue.name(), queue.owner().pid(), queue.escapes()));
      }
    }
    escapes.keySet().retainAll(live);
  }
}
