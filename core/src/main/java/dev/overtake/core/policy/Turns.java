package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;

/** Whose turn it is on each device, and until when: the rules of {@link FairShare}. */
final class Turns {
  private static final double MIN_TURN = 0.25;
  private static final double MAX_TURN = 2;

  /** Less than this owed is rounding, in nanoseconds. */
  private static final double NOTHING = 1;

  private final ServiceLedger ledger;
  private final Entities entities;
  private final boolean strict;
  private final long nowNanos;

  /** On each device the entity whose turn it is from now on, or {@link Entities#NONE}. */
  final int[] running;

  final long[] turnEndsNanos;

  Turns(ServiceLedger ledger, FairShareMemory past, boolean strict, long nowNanos) {
    this.ledger = ledger;
    this.entities = ledger.entities;
    this.strict = strict;
    this.nowNanos = nowNanos;
    running = new int[entities.devices()];
    Arrays.fill(running, Entities.NONE);
    turnEndsNanos = new long[entities.devices()];
    Arrays.fill(turnEndsNanos, nowNanos);
    carryOn(past);
    giveNew();
  }

  private void carryOn(FairShareMemory past) {
    for (int entity = 0; entity < entities.count(); entity++) {
      int old = ledger.before[entity];
      if (old != Entities.NONE && entities.ready(entity)) {
        int oldDevice = past.entities.device(old);
        if (past.running[oldDevice] == old && past.turnEndsNanos[oldDevice] - nowNanos > 0) {
          running[entities.device(entity)] = entity;
          turnEndsNanos[entities.device(entity)] = past.turnEndsNanos[oldDevice];
        }
      }
    }
  }

  private void giveNew() {
    int[] next = new int[running.length];
    Arrays.fill(next, Entities.NONE);
    double[] mostBehind = new double[running.length];
    boolean[] preempted = new boolean[running.length];
    double[] weight = new double[running.length];
    int[] count = new int[running.length];
    for (int entity = 0; entity < entities.count(); entity++) {
      int device = entities.device(entity);
      weight[device] += ledger.weights[entity];
      count[device]++;
      if (entities.ready(entity) && mayRun(entity)) {
        double behind = ledger.behind(entity);
        if (next[device] == Entities.NONE || behind > mostBehind[device]) {
          next[device] = entity;
          mostBehind[device] = behind;
        }
        preempted[device] |= preempts(entity, running[device]);
      }
    }
    for (int device = 0; device < running.length; device++) {
      int entity = next[device];
      if (entity != Entities.NONE && (running[device] == Entities.NONE || preempted[device])) {
        double scale = ledger.weights[entity] * count[device] / weight[device];
        double turn = ledger.timeslices[entity] * Math.clamp(scale, MIN_TURN, MAX_TURN);
        running[device] = entity;
        turnEndsNanos[device] = nowNanos + (long) turn;
      }
    }
  }

  private boolean preempts(int entity, int current) {
    return current != Entities.NONE
        && ledger.woken(entity)
        && ledger.lead(entity, current) > MIN_TURN * ledger.timeslices[entity];
  }

  /** Whether its share allows it to run at all. */
  private boolean mayRun(int entity) {
    return !strict || ledger.owed[entity] > -NOTHING;
  }

  /** The queues, by index in the snapshot, whose turn it is not, and those that must not run. */
  BitSet held(int queues) {
    var held = new BitSet(queues);
    for (int i = 0; i < queues; i++) {
      int entity = entities.of(i);
      int current = running[entities.device(entity)];
      if (current == Entities.NONE ? !mayRun(entity) : current != entity) {
        held.set(i);
      }
    }
    return held;
  }

  /** When the first turn ends that anybody waits for, or an entity may run again that waits. */
  long wakeUpNanos() {
    int[] ready = new int[running.length];
    double[] wait = new double[running.length];
    Arrays.fill(wait, Double.MAX_VALUE);
    for (int entity = 0; entity < entities.count(); entity++) {
      if (entities.ready(entity)) {
        int device = entities.device(entity);
        ready[device]++;
        if (running[device] == Entities.NONE) {
          wait[device] = Math.min(wait[device], -ledger.behind(entity));
        }
      }
    }
    long first = Long.MAX_VALUE;
    for (int device = 0; device < running.length; device++) {
      if (running[device] == Entities.NONE && ready[device] > 0) {
        first = Math.min(first, Math.max(1, (long) Math.ceil(wait[device])));
      } else if (running[device] != Entities.NONE && (strict || ready[device] > 1)) {
        first = Math.min(first, turnEndsNanos[device] - nowNanos);
      }
    }
    return first == Long.MAX_VALUE ? Decision.NEVER : nowNanos + first;
  }
}
