package dev.overtake.core.policy;

import java.util.List;

/** How much of its device each entity is worth, by its hints. Without state. */
@FunctionalInterface
interface Weights {
  /**
   * One weight an entity, above 0. Only the ratio between entities of one device counts, unless
   * shares are {@linkplain FairShare strict}: then it is the part of the device, and those of one
   * device add up to at most 1.
   */
  double[] of(List<QueueStatus> queues, Entities entities);
}
