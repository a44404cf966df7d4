package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;

/** One decision of {@link MultiLevelFeedback}. */
final class FeedbackRound {
  private final Entities entities;
  private final long nowNanos;
  private final FeedbackStanding[] standings;

  /** How many are ready, by device and level. */
  private final int[] ready;

  private final int[] running;
  private final long[] turnEndsNanos;

  FeedbackRound(Entities entities, FeedbackMemory past, long nowNanos) {
    this.entities = entities;
    this.nowNanos = nowNanos;
    standings = new FeedbackStanding[entities.count()];
    ready = new int[entities.devices() * FeedbackStanding.LEVELS];
    running = new int[entities.devices()];
    Arrays.fill(running, Entities.NONE);
    turnEndsNanos = new long[entities.devices()];
    carryOn(past);
    riseByWaiting();
    giveTurns();
  }

  private void carryOn(FeedbackMemory past) {
    long elapsed = Math.max(0, nowNanos - past.atNanos);
    int[] before = entities.in(past.entities);
    for (int entity = 0; entity < standings.length; entity++) {
      int old = before[entity];
      if (old == Entities.NONE) {
        standings[entity] = FeedbackStanding.newcomer(nowNanos);
      } else {
        int oldDevice = past.entities.device(old);
        standings[entity] = past.standings[old];
        if (past.running[oldDevice] == old) {
          standings[entity] = standings[entity].ran(elapsed);
          goOnRunning(entity, past.standings[old].level(), past.turnEndsNanos[oldDevice]);
        }
        changed(entity, past.entities.ready(old));
      }
      if (entities.ready(entity)) {
        ready[place(entity)]++;
      }
    }
  }

  /** It keeps its turn, unless that is over, or it has sunk. */
  private void goOnRunning(int entity, int oldLevel, long turnEnd) {
    boolean sunk = standings[entity].level() != oldLevel;
    if (entities.ready(entity) && !sunk && turnEnd - nowNanos > 0) {
      running[entities.device(entity)] = entity;
      turnEndsNanos[entities.device(entity)] = turnEnd;
    }
    standings[entity] = standings[entity].since(nowNanos);
  }

  private void changed(int entity, boolean wasReady) {
    if (!wasReady) {
      standings[entity] = standings[entity].rested(nowNanos);
      if (entities.ready(entity)) {
        standings[entity] = standings[entity].woken(nowNanos);
      }
    } else if (!entities.ready(entity)) {
      standings[entity] = standings[entity].since(nowNanos);
    }
  }

  private void riseByWaiting() {
    for (int entity = 0; entity < standings.length; entity++) {
      if (entities.ready(entity)) {
        int place = place(entity);
        standings[entity] = standings[entity].waited(ready[place], nowNanos);
        ready[place]--;
        ready[place(entity)]++;
      }
    }
  }

  private int place(int entity) {
    return entities.device(entity) * FeedbackStanding.LEVELS + standings[entity].level();
  }

  private void giveTurns() {
    int[] next = new int[running.length];
    Arrays.fill(next, Entities.NONE);
    for (int entity = 0; entity < standings.length; entity++) {
      int device = entities.device(entity);
      if (entities.ready(entity)
          && (next[device] == Entities.NONE || goesBefore(entity, next[device]))) {
        next[device] = entity;
      }
    }
    for (int device = 0; device < running.length; device++) {
      int entity = next[device];
      int current = running[device];
      if (entity != Entities.NONE && (current == Entities.NONE || isAbove(entity, current))) {
        running[device] = entity;
        turnEndsNanos[device] = nowNanos + standings[entity].turnNanos();
      }
    }
  }

  private boolean isAbove(int first, int second) {
    return standings[first].level() < standings[second].level();
  }

  /** On its level, who has waited for longer goes first. */
  private boolean goesBefore(int first, int second) {
    FeedbackStanding one = standings[first];
    FeedbackStanding other = standings[second];
    return one.level() == other.level()
        ? one.sinceNanos() - other.sinceNanos() < 0
        : one.level() < other.level();
  }

  Decision decision(int queues) {
    var held = new BitSet(queues);
    for (int i = 0; i < queues; i++) {
      int entity = entities.of(i);
      int current = running[entities.device(entity)];
      held.set(i, current != Entities.NONE && current != entity && !isAbove(entity, current));
    }
    return Decision.hold(held, wakeUpNanos())
        .remembering(new FeedbackMemory(nowNanos, entities, standings, running, turnEndsNanos));
  }

  /** When the first turn ends, or somebody sinks or rises, where anybody waits for it. */
  private long wakeUpNanos() {
    long first = Long.MAX_VALUE;
    for (int entity = 0; entity < standings.length; entity++) {
      int current = running[entities.device(entity)];
      if (entities.ready(entity) && entity != current) {
        FeedbackStanding waiting = standings[entity];
        FeedbackStanding served = standings[current];
        first = Math.min(first, waiting.untilRisesNanos(ready[place(entity)], nowNanos));
        first = Math.min(first, served.untilSinksNanos());
        if (waiting.level() == served.level()) {
          first = Math.min(first, turnEndsNanos[entities.device(entity)] - nowNanos);
        }
      }
    }
    return first == Long.MAX_VALUE ? Decision.NEVER : nowNanos + Math.max(1, first);
  }
}
