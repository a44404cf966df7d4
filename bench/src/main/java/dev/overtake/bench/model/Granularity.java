package dev.overtake.bench.model;

/** How finely a model is partitioned into segments. */
public enum Granularity {
  /** Not at all: one segment. */
  WHOLE,
  /**
   * At every point where one tensor crosses, except in front of an operator that the runtime
   * computes together with the one before it, such as the activation behind a convolution. A cut
   * there would undo the fusion: it costs a pass over memory and gives a segment with next to
   * nothing in it.
   */
  FUSED,
  /** At every point where one tensor crosses. */
  FINEST
}
