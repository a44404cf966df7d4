package dev.overtake.bench.harness;

import java.util.function.IntConsumer;

/** What a client computes, again and again. */
public interface InferenceSource {
  /** How many commands a pass is. */
  int commandCount();

  /**
   * A new pass.
   *
   * @param afterCommands told, by any thread, how many commands have run since it was told last; of
   *     all at the latest in {@link Inference#ended}
   */
  Inference next(IntConsumer afterCommands);
}
