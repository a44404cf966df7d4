package dev.overtake.core.policy;

/**
 * Who was served how much, against what was due. An entity is served while it has its turn and is
 * ready, from one decision to the next.
 *
 * <p>What is kept is the service that each is <em>owed</em>, in nanoseconds: due minus served (the
 * lag of Stoica et al., earliest eligible virtual deadline first, RTSS'96). Divided by the weight
 * it is how far an entity is behind the virtual time, which is the average over those that are
 * ready, each by its weight. So what is owed to those that are ready adds up to 0, whoever comes
 * and goes, and a newcomer starts with 0. Under strict shares the virtual time is the clock itself:
 * what a process does not use is nobody's.
 */
final class ServiceLedger {
  /** Debt beyond so many timeslices comes from a late decision and is nobody's fault. */
  private static final int MAX_DEBT_TIMESLICES = 4;

  final Entities entities;
  final double[] weights;
  final long[] timeslices;
  final double[] owed;

  /** The number that each entity had in the last decision, or {@link Entities#NONE}. */
  final int[] before;

  private final boolean[] wasReady;

  ServiceLedger(
      Entities entities,
      double[] weights,
      long[] timeslices,
      FairShareMemory past,
      boolean strict,
      long nowNanos) {
    this.entities = entities;
    this.weights = weights;
    this.timeslices = timeslices;
    owed = new double[entities.count()];
    wasReady = new boolean[entities.count()];
    before = entities.in(past.entities);
    long elapsed = Math.max(0, nowNanos - past.atNanos);
    charge(past, elapsed);
    if (strict) {
      for (int entity = 0; entity < owed.length; entity++) {
        owed[entity] += weights[entity] * elapsed;
      }
    } else {
      settle();
    }
    bound();
  }

  private void charge(FairShareMemory past, long elapsed) {
    for (int entity = 0; entity < owed.length; entity++) {
      int old = before[entity];
      if (old != Entities.NONE) {
        boolean served = past.running[past.entities.device(old)] == old;
        owed[entity] = past.owed[old] - (served ? elapsed : 0);
        wasReady[entity] = past.entities.ready(old);
      }
    }
  }

  /** Moves the virtual time of each device to the average of those that were ready until now. */
  private void settle() {
    double[] sum = new double[entities.devices()];
    double[] weight = new double[entities.devices()];
    for (int entity = 0; entity < owed.length; entity++) {
      if (wasReady[entity]) {
        sum[entities.device(entity)] += owed[entity];
        weight[entities.device(entity)] += weights[entity];
      }
    }
    for (int device = 0; device < sum.length; device++) {
      sum[device] = weight[device] > 0 ? sum[device] / weight[device] : 0;
    }
    for (int entity = 0; entity < owed.length; entity++) {
      owed[entity] -= weights[entity] * sum[entities.device(entity)];
    }
  }

  /** Who was idle keeps no more than a timeslice of what it could have had in the meantime. */
  private void bound() {
    for (int entity = 0; entity < owed.length; entity++) {
      double debt = -MAX_DEBT_TIMESLICES * (double) timeslices[entity];
      double credit = wasReady[entity] ? Double.MAX_VALUE : timeslices[entity];
      owed[entity] = Math.clamp(owed[entity], debt, credit);
    }
  }

  /** Whether it is ready and was not at the last decision. */
  boolean woken(int entity) {
    return entities.ready(entity) && !wasReady[entity];
  }

  /** How far it is behind the virtual time. */
  double behind(int entity) {
    return owed[entity] / weights[entity];
  }

  /** How far the first is behind the second in virtual time, in service of the first. */
  double lead(int first, int second) {
    return owed[first] - owed[second] * (weights[first] / weights[second]);
  }
}
