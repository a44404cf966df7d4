package dev.overtake.bench.harness;

import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.bench.result.Arrivals;
import org.jspecify.annotations.Nullable;

/**
 * What the two sides do, with their models loaded.
 *
 * @param low null if the high side is tested for itself
 */
public record Workloads(High high, @Nullable Low low) {
  /**
   * The latency-critical side.
   *
   * @param batch images, or whatever the model works on, in one pass
   * @param ratePerSecond requests that are due in a second, on average; a request is one pass
   */
  public record High(SegmentedModel model, int batch, double ratePerSecond, Arrivals arrivals) {}

  /**
   * The batch side.
   *
   * @param batch images, or whatever the model works on, in one pass
   * @param clients how many such clients there are, at least 1
   * @param passesInFlight passes that each client keeps submitted, at least 1
   */
  public record Low(SegmentedModel model, int batch, int clients, int passesInFlight) {}
}
