package dev.overtake.bench.pytorch;

import dev.overtake.bench.result.Arrivals;

/**
 * What the two sides compute, with nothing left open.
 *
 * @param eager neither side's model is traced and frozen
 * @param high the latency-critical side
 * @param low the batch side
 * @param seed of weights and arrivals
 */
public record Workload(boolean eager, High high, Low low, long seed) {
  /**
   * The latency-critical side.
   *
   * @param model name of a torchvision model
   * @param batch images in a request, at least 1
   * @param ratePerSecond of requests, above 0
   * @param priorityPerRequest a thread beside the batch side's has its priority for each request
   *     only; otherwise for good
   */
  public record High(
      String model,
      int batch,
      double ratePerSecond,
      Arrivals arrivals,
      boolean priorityPerRequest) {}

  /**
   * The batch side.
   *
   * @param model name of a torchvision model
   * @param batch images in an iteration, at least 1
   * @param syncIterations iterations between two synchronizations with the device; 1 is a
   *     synchronous loop
   * @param train each iteration is a step of training; otherwise it is an inference
   */
  public record Low(String model, int batch, int syncIterations, boolean train) {}
}
