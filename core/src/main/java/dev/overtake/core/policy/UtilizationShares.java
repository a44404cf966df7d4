package dev.overtake.core.policy;

import java.util.List;

/**
 * The part of its device that each entity shall have: the utilization that was hinted, the largest
 * of its queues. Entities without one share equally what the others leave, or {@value
 * #LEFT_OVER_PERCENT} % if they leave less. What adds up to more than the device is scaled down.
 * Idle entities keep their part.
 */
final class UtilizationShares implements Weights {
  private static final double LEFT_OVER_PERCENT = 1;

  @Override
  public double[] of(List<QueueStatus> queues, Entities entities) {
    double[] shares = new double[entities.count()];
    for (int i = 0; i < queues.size(); i++) {
      int entity = entities.of(i);
      shares[entity] = Math.max(shares[entity], queues.get(i).hints().utilizationPercent());
    }
    double[] given = new double[entities.devices()];
    int[] without = new int[entities.devices()];
    for (int entity = 0; entity < shares.length; entity++) {
      given[entities.device(entity)] += shares[entity];
      without[entities.device(entity)] += shares[entity] == 0 ? 1 : 0;
    }
    for (int entity = 0; entity < shares.length; entity++) {
      int device = entities.device(entity);
      double leftOver = without[device] == 0 ? 0 : Math.max(100 - given[device], LEFT_OVER_PERCENT);
      double percent = shares[entity] == 0 ? leftOver / without[device] : shares[entity];
      shares[entity] = percent / Math.max(100, given[device] + leftOver);
    }
    return shares;
  }
}
