package dev.overtake.bench.products;

import dev.overtake.bench.harness.InferenceSource;
import dev.overtake.bench.harness.Submission;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;

/**
 * One client's matrices, and what multiplies them in a stream. It lasts for a whole test, since
 * what a library does first (loading kernels, allocating) may wait for the whole device.
 */
final class ProductClient implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int WARM_UP_PASSES = 3;
  private static final int PASSES = 5;

  private final ProductDevice device;
  private final ProductDevice.Stream stream;
  private final ProductChain chain;

  /**
   * @param stream where it computes; its owner closes it
   * @param weights likewise
   */
  ProductClient(
      ProductDevice device,
      ProductDevice.Stream stream,
      ProductDevice.Matrix weights,
      int edge,
      int products,
      int rowsPerCommand) {
    this.device = device;
    this.stream = stream;
    chain =
        new ProductChain(
            stream.openMultiplier(),
            edge,
            products,
            rowsPerCommand,
            weights,
            device.allocate(edge),
            device.allocate(edge));
  }

  /** Fills the first matrix, and has the library load what it needs; the seconds of a pass then. */
  double warmUp() throws InterruptedException {
    try (XQueue queue = XQueue.on(stream.openQueue(PreemptionLevel.L1)).open()) {
      queue.submit(device.copy(chain.weights(), chain.even()));
      for (int i = 0; i < WARM_UP_PASSES; i++) {
        submitPass(queue);
      }
      queue.awaitAll();
      long start = System.nanoTime();
      for (int i = 0; i < PASSES; i++) {
        submitPass(queue);
      }
      queue.awaitAll();
      return (System.nanoTime() - start) / NANOS_PER_SECOND / PASSES;
    }
  }

  private void submitPass(XQueue queue) {
    chain.next(_ -> {}).commands().forEach(queue::submit);
  }

  HwQueue openQueue(PreemptionLevel level) {
    return stream.openQueue(level);
  }

  Submission openDirect() {
    return stream.openDirect();
  }

  InferenceSource chain() {
    return chain;
  }

  @Override
  public void close() {
    chain.multiplier().close();
    chain.even().close();
    chain.odd().close();
  }
}
