package dev.overtake.core.policy;

/**
 * Who was served how much, against what was due. The time of a device is charged to whom it worked
 * for, as far as the {@linkplain QueueStatus#servedNanos scheduler can tell}, so that what still
 * runs when a turn is over is charged to its owner and not to the next one. Time in which the
 * device worked for nobody is charged to whoever had the turn and was ready, as it was kept for it;
 * where nothing is known of service, that is all time. Where the service adds up to more than the
 * time that passed, as of queues that had commands in flight together, they share that time.
 *
 * <p>What is kept is the service that each is <em>owed</em>, in nanoseconds: due minus served (the
 * lag of Stoica et al., earliest eligible virtual deadline first, RTSS'96). Divided by the weight
 * it is how far an entity is behind the virtual time, which is the average over those that are
 * ready, each by its weight. So what is owed to those that are ready adds up to 0, whoever comes
 * and goes, and a newcomer starts with 0. Under strict shares the virtual time is the clock itself:
 * what a process does not use is nobody's.
 */
final class ServiceLedger {
  /** Debt beyond so many timeslices, but for service, is of a late decision and nobody's fault. */
  private static final int MAX_DEBT_TIMESLICES = 4;

  final Entities entities;
  final Dues dues;
  final double[] owed;

  /** The number that each entity had in the last decision, or {@link Entities#NONE}. */
  final int[] before;

  private final FairShareMemory past;
  private final long elapsedNanos;

  ServiceLedger(Entities entities, Dues dues, FairShareMemory past, boolean strict, long nowNanos) {
    this.entities = entities;
    this.dues = dues;
    this.past = past;
    before = entities.in(past.entities);
    owed = new double[before.length];
    elapsedNanos = Math.max(0, nowNanos - past.atNanos);
    double[] average = charge();
    for (int entity = 0; entity < owed.length; entity++) {
      if (before[entity] == Entities.NONE) {
        continue; // Nothing was due to it before it came.
      }
      double due = strict ? elapsedNanos : -average[entities.device(entity)];
      owed[entity] = bounded(entity, owed[entity] + dues.weights[entity] * due);
    }
  }

  /**
   * Charges the time that passed.
   *
   * @return of each device the average of those that were ready until now: its virtual time, below
   *     0 as they were served
   */
  private double[] charge() {
    double[] sum = new double[entities.devices()];
    double[] weight = new double[entities.devices()];
    for (int entity = 0; entity < owed.length; entity++) {
      int old = before[entity];
      if (old == Entities.NONE) {
        continue;
      }
      int device = entities.device(entity);
      owed[entity] = past.owed[old] - served(entity);
      if (past.running[past.entities.device(old)] == old) {
        owed[entity] -= Math.max(0, elapsedNanos - entities.servedOnDeviceNanos(device));
      }
      if (past.entities.ready(old)) {
        sum[device] += owed[entity];
        weight[device] += dues.weights[entity];
      }
    }
    for (int device = 0; device < sum.length; device++) {
      sum[device] = weight[device] > 0 ? sum[device] / weight[device] : 0;
    }
    return sum;
  }

  /** Its service, in no more time than has passed. */
  private double served(int entity) {
    double nanos = entities.servedNanos(entity);
    double onDevice = entities.servedOnDeviceNanos(entities.device(entity));
    return onDevice > elapsedNanos ? nanos * (elapsedNanos / onDevice) : nanos;
  }

  /** Who was idle keeps no more than a timeslice of what it could have had in the meantime. */
  private double bounded(int entity, double nanos) {
    double timeslice = dues.timeslices[entity];
    if (nanos > timeslice && !wasReady(entity)) {
      return timeslice;
    }
    double most = -MAX_DEBT_TIMESLICES * timeslice;
    if (nanos < most) {
      int old = before[entity];
      double byService = old == Entities.NONE ? 0 : past.owed[old] - served(entity);
      return Math.max(nanos, Math.min(byService, most));
    }
    return nanos;
  }

  private boolean wasReady(int entity) {
    return before[entity] != Entities.NONE && past.entities.ready(before[entity]);
  }

  /** Whether it is ready and was not at the last decision. */
  boolean woken(int entity) {
    return entities.ready(entity) && !wasReady(entity);
  }

  /** How far it is behind the virtual time. */
  double behind(int entity) {
    return owed[entity] / dues.weights[entity];
  }

  /** How far the first is behind the second in virtual time, in service of the first. */
  double lead(int first, int second) {
    return owed[first] - owed[second] * (dues.weights[first] / dues.weights[second]);
  }
}
