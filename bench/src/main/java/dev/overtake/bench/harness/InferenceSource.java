package dev.overtake.bench.harness;

/** What a client computes, again and again. */
public interface InferenceSource {
  /** How many commands a pass is. */
  int commandCount();

  /**
   * A new pass.
   *
   * @param afterCommand called once for each command that has run, by any thread, at the latest in
   *     {@link Inference#ended}
   */
  Inference next(Runnable afterCommand);
}
