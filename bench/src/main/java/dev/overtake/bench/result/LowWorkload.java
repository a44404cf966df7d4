package dev.overtake.bench.result;

import java.util.List;
import java.util.Objects;

/**
 * The batch side: passes through a model in a closed loop, as fast as the device lets them.
 *
 * @param model name of the model, or the file it came from
 * @param clients how many such loops run side by side
 * @param batch what one pass works on: images for a network, products for a chain of them
 * @param inputShape dimensions of the input tensor, batch first
 * @param segments commands that one pass through the model is cut into
 * @param passesInFlight passes that each loop submits before it waits for the oldest of them
 */
public record LowWorkload(
    String model, int clients, int batch, List<Long> inputShape, int segments, int passesInFlight) {

  /** Checks that nothing is missing and no count is negative. */
  public LowWorkload {
    Objects.requireNonNull(model, "model");
    inputShape = List.copyOf(inputShape);
    Require.count("clients", clients);
    Require.count("batch", batch);
    Require.count("segments", segments);
    Require.count("passesInFlight", passesInFlight);
  }
}
