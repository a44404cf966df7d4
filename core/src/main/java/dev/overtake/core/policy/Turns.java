package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;

/** Whose turn it is on each device, and until when: the rules of {@link FairShare}. */
final class Turns {
  /** Less than this owed is rounding, in nanoseconds. */
  private static final double NOTHING = 1;

  private final ServiceLedger ledger;
  private final Entities entities;
  private final boolean strict;
  private final long nowNanos;

  /** On each device the entity whose turn it is from now on, or {@link Entities#NONE}. */
  final int[] running;

  final long[] turnEndsNanos;

  /** How many are ready on each device. */
  private final int[] ready;

  /** How long it is on each device until the first of those may run that have had their share. */
  private final double[] wait;

  Turns(ServiceLedger ledger, FairShareMemory past, boolean strict, long nowNanos) {
    this.ledger = ledger;
    this.entities = ledger.entities;
    this.strict = strict;
    this.nowNanos = nowNanos;
    running = new int[entities.devices()];
    Arrays.fill(running, Entities.NONE);
    turnEndsNanos = new long[entities.devices()];
    Arrays.fill(turnEndsNanos, nowNanos);
    ready = new int[entities.devices()];
    wait = new double[entities.devices()];
    Arrays.fill(wait, Double.MAX_VALUE);
    carryOn(past);
    giveNew();
  }

  private void carryOn(FairShareMemory past) {
    int[] now = past.entities.in(entities);
    for (int oldDevice = 0; oldDevice < past.running.length; oldDevice++) {
      int old = past.running[oldDevice];
      int entity = old == Entities.NONE ? Entities.NONE : now[old];
      if (entity != Entities.NONE
          && entities.ready(entity)
          && past.turnEndsNanos[oldDevice] - nowNanos > 0) {
        running[entities.device(entity)] = entity;
        turnEndsNanos[entities.device(entity)] = past.turnEndsNanos[oldDevice];
      }
    }
  }

  private void giveNew() {
    int[] next = new int[running.length];
    Arrays.fill(next, Entities.NONE);
    double[] mostBehind = new double[running.length];
    boolean[] preempted = new boolean[running.length];
    for (int entity = 0; entity < entities.count(); entity++) {
      if (!entities.ready(entity)) {
        continue;
      }
      int device = entities.device(entity);
      ready[device]++;
      double behind = ledger.behind(entity);
      if (!mayRun(entity)) {
        wait[device] = Math.min(wait[device], -behind);
        continue;
      }
      if (next[device] == Entities.NONE || behind > mostBehind[device]) {
        next[device] = entity;
        mostBehind[device] = behind;
      }
      preempted[device] |= preempts(entity, running[device]);
    }
    for (int device = 0; device < running.length; device++) {
      int entity = next[device];
      if (entity != Entities.NONE && (running[device] == Entities.NONE || preempted[device])) {
        running[device] = entity;
        turnEndsNanos[device] = nowNanos + ledger.dues.turns[entity];
      }
    }
  }

  private boolean preempts(int entity, int current) {
    return current != Entities.NONE
        && ledger.woken(entity)
        && ledger.lead(entity, current) > Dues.MIN_TURN * ledger.dues.timeslices[entity];
  }

  /** Whether its share allows it to run at all. */
  private boolean mayRun(int entity) {
    return !strict || ledger.owed[entity] > -NOTHING;
  }

  /** The queues, by index in the snapshot, whose turn it is not, and those that must not run. */
  BitSet held(int queues) {
    var held = new BitSet(queues);
    for (int device = 0; device < running.length; device++) {
      if (running[device] != Entities.NONE) {
        held.or(entities.queuesOnDevice(device));
        release(running[device], held);
      } else if (strict) {
        holdWhoHadTheirShare(device, held);
      }
    }
    return held;
  }

  private void release(int entity, BitSet held) {
    for (int i = entities.firstQueue(entity); i != Entities.NONE; i = entities.nextQueue(i)) {
      held.clear(i);
    }
  }

  private void holdWhoHadTheirShare(int device, BitSet held) {
    BitSet queues = entities.queuesOnDevice(device);
    for (int i = queues.nextSetBit(0); i >= 0; i = queues.nextSetBit(i + 1)) {
      held.set(i, !mayRun(entities.of(i)));
    }
  }

  /** When the first turn ends that anybody waits for, or an entity may run again that waits. */
  long wakeUpNanos() {
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
