package dev.overtake.bench.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.DeviceBuffer;
import dev.overtake.platform.cuda.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Square matrices on a device. */
final class Matrices {
  private Matrices() {}

  static DeviceBuffer empty(CudaContext context, int edge) {
    return context.allocate((long) edge * edge * Float.BYTES);
  }

  /**
   * A matrix of random entries, not zeros: a device computes with zeros at less power, and faster.
   * Its product with another keeps that one's magnitude, so that no chain of products overflows.
   */
  static DeviceBuffer random(CudaContext context, int edge, long seed) throws InterruptedException {
    DeviceBuffer matrix = empty(context, edge);
    float scale = (float) Math.sqrt(3.0 / edge); // Uniform in ±1, variance 1/3.
    try (HostBuffer host = context.allocateHost(matrix.bytes());
        CudaStream stream = context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      MemorySegment values = host.segment();
      var random = new Random(seed);
      for (long i = 0; i < (long) edge * edge; i++) {
        values.setAtIndex(JAVA_FLOAT, i, scale * (2 * random.nextFloat() - 1));
      }
      queue.submit(CudaCommand.copy(host, matrix));
      queue.awaitAll();
    }
    return matrix;
  }
}
