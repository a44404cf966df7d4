package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Weights by priority, the highest of an entity's queues: {@value #STEP} times as much a step, as
 * Linux has it for a step of nice, and 1 for priority 0. Priorities beyond {@value #MAX_STEPS}
 * either way weigh no more: nice has that range, and over all 511 priorities the weights would
 * differ by a factor of 10^49, which starves whoever has the smaller one.
 */
final class PriorityWeights implements Weights {
  private static final double STEP = 1.25;
  private static final int MAX_STEPS = 20;
  private static final double[] WEIGHTS = new double[2 * MAX_STEPS + 1];

  static {
    for (int i = 0; i < WEIGHTS.length; i++) {
      WEIGHTS[i] = Math.pow(STEP, i - MAX_STEPS);
    }
  }

  @Override
  public double[] of(List<QueueStatus> queues, Entities entities) {
    double[] weights = new double[entities.count()];
    Arrays.fill(weights, WEIGHTS[0]);
    for (int i = 0; i < queues.size(); i++) {
      int entity = entities.of(i);
      int step = Math.clamp(queues.get(i).hints().priority(), -MAX_STEPS, MAX_STEPS);
      weights[entity] = Math.max(weights[entity], WEIGHTS[step + MAX_STEPS]);
    }
    return weights;
  }
}
