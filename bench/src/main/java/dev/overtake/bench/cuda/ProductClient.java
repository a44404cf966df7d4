package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.InferenceSource;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.cuda.Cublas;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaHwQueue;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.DeviceBuffer;

/**
 * One client's matrices, and cuBLAS for a stream. It lasts for a whole test, since what cuBLAS does
 * first (loading kernels, allocating) waits for the whole device.
 */
final class ProductClient implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int WARM_UP_PASSES = 3;
  private static final int PASSES = 5;

  private final CudaStream stream;
  private final ProductChain chain;

  /**
   * @param stream where it computes; its owner closes it
   * @param weights likewise
   */
  ProductClient(
      CudaContext context,
      CudaStream stream,
      DeviceBuffer weights,
      int edge,
      int products,
      int rowsPerCommand) {
    this.stream = stream;
    chain =
        new ProductChain(
            Cublas.open(stream),
            edge,
            products,
            rowsPerCommand,
            weights,
            Matrices.empty(context, edge),
            Matrices.empty(context, edge));
  }

  /** Fills the first matrix, and has cuBLAS load what it needs; the seconds of a pass then. */
  double warmUp() throws InterruptedException {
    try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.submit(CudaCommand.copy(chain.weights(), chain.even()));
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
    chain.next(() -> {}).commands().forEach(queue::submit);
  }

  CudaHwQueue openQueue(PreemptionLevel level) {
    return stream.openQueue(level);
  }

  InferenceSource chain() {
    return chain;
  }

  @Override
  public void close() {
    chain.cublas().close();
    chain.even().close();
    chain.odd().close();
  }
}
