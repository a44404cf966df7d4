package dev.overtake.bench.hip;

import dev.overtake.bench.harness.Submission;
import dev.overtake.bench.products.BareSubmission;
import dev.overtake.bench.products.ProductDevice;
import dev.overtake.bench.products.RandomEntries;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.hip.HipBuffer;
import dev.overtake.platform.hip.HipCommand;
import dev.overtake.platform.hip.HipDevice;
import dev.overtake.platform.hip.HipHostBuffer;
import dev.overtake.platform.hip.HipStream;
import dev.overtake.platform.hip.Hipblas;

/** Products by hipBLAS. */
record HipProducts(HipDevice device) implements ProductDevice {
  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String library() {
    return "hipBLAS";
  }

  @Override
  public int leastRows() {
    return 128;
  }

  @Override
  public Matrix allocate(int edge) {
    return new BufferMatrix(device.allocate((long) edge * edge * Float.BYTES));
  }

  @Override
  public Matrix random(int edge, long seed) throws InterruptedException {
    Matrix matrix = allocate(edge);
    try (HipHostBuffer host = device.allocateHost(buffer(matrix).bytes());
        HipStream stream = device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      RandomEntries.fill(host.segment(), edge, seed);
      queue.submit(HipCommand.copy(host, buffer(matrix)));
      queue.awaitAll();
    }
    return matrix;
  }

  @Override
  public Command copy(Matrix from, Matrix to) {
    return HipCommand.copy(buffer(from), buffer(to));
  }

  @Override
  public Stream openStream() {
    return new QueueStream(device.newStream());
  }

  /** There is nothing: a device of HIP's is not opened. */
  @Override
  public void close() {}

  private static HipBuffer buffer(Matrix matrix) {
    return ((BufferMatrix) matrix).buffer();
  }

  private record BufferMatrix(HipBuffer buffer) implements Matrix {
    @Override
    public void close() {
      buffer.close();
    }
  }

  private record QueueStream(HipStream stream) implements Stream {
    @Override
    public HwQueue openQueue(PreemptionLevel level) {
      return stream.openQueue(level);
    }

    @Override
    public Submission openDirect() {
      return new BareSubmission(new HipCalls(stream));
    }

    @Override
    public Multiplier openMultiplier() {
      return new HipblasMultiplier(Hipblas.open(stream));
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  private record HipblasMultiplier(Hipblas hipblas) implements Multiplier {
    @Override
    public Command multiply(int firstRow, int rows, int edge, Matrix from, Matrix by, Matrix to) {
      return hipblas.multiply(firstRow, rows, edge, edge, buffer(from), buffer(by), buffer(to));
    }

    @Override
    public void close() {
      hipblas.close();
    }
  }
}
