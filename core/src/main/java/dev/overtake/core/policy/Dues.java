package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;

/**
 * What the hints of entities entitle them to: the weight of each against the others of its device,
 * and how long a turn of it lasts. Stays the same while no queue comes, goes or is hinted, so it is
 * not worked out for each decision. Immutable.
 */
final class Dues {
  static final double MIN_TURN = 0.25;
  private static final double MAX_TURN = 2;

  final double[] weights;

  /** In nanoseconds, by entity. */
  final long[] timeslices;

  /** In nanoseconds, by entity: the timeslice, scaled by the weight against the average one. */
  final long[] turns;

  private Dues(double[] weights, long[] timeslices, long[] turns) {
    this.weights = weights;
    this.timeslices = timeslices;
    this.turns = turns;
  }

  static Dues none() {
    return new Dues(new double[0], new long[0], new long[0]);
  }

  static Dues of(List<QueueStatus> queues, Entities entities, Weights rule) {
    double[] weights = rule.of(queues, entities);
    long[] timeslices = Timeslices.of(queues, entities);
    double[] sum = new double[entities.devices()];
    int[] count = new int[entities.devices()];
    for (int entity = 0; entity < weights.length; entity++) {
      sum[entities.device(entity)] += weights[entity];
      count[entities.device(entity)]++;
    }
    long[] turns = new long[weights.length];
    Arrays.setAll(
        turns,
        entity -> {
          int device = entities.device(entity);
          double scale = weights[entity] * count[device] / sum[device];
          return (long) (timeslices[entity] * Math.clamp(scale, MIN_TURN, MAX_TURN));
        });
    return new Dues(weights, timeslices, turns);
  }
}
