package dev.overtake.bench.result;

import java.util.List;
import java.util.Objects;

/**
 * The latency-critical side: requests that arrive whether or not the last one is done.
 *
 * @param model name of the model, or the file it came from
 * @param batch what one request works on: images for a network, products for a chain of them
 * @param inputShape dimensions of the input tensor, batch first
 * @param segments commands that one pass through the model is cut into
 * @param ratePerSecond requests that arrive in a second, on average
 * @param arrivals how they are spaced
 */
public record HighWorkload(
    String model,
    int batch,
    List<Long> inputShape,
    int segments,
    double ratePerSecond,
    Arrivals arrivals) {

  /** Checks that nothing is missing and no amount is negative. */
  public HighWorkload {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(arrivals, "arrivals");
    inputShape = List.copyOf(inputShape);
    Require.count("batch", batch);
    Require.count("segments", segments);
    Require.amount("ratePerSecond", ratePerSecond);
  }
}
