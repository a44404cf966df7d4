package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Stopwatch;
import dev.overtake.bench.harness.Submission;
import dev.overtake.bench.products.BareSubmission;
import dev.overtake.bench.products.ProductDevice;
import dev.overtake.bench.products.RandomEntries;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.cuda.Cublas;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.DeviceBuffer;
import dev.overtake.platform.cuda.HostBuffer;

/** Products by cuBLAS. */
record CudaProducts(CudaContext context) implements ProductDevice {
  @Override
  public String name() {
    return context.device().name();
  }

  @Override
  public String library() {
    return "cuBLAS";
  }

  @Override
  public int leastRows() {
    return 128;
  }

  @Override
  public Matrix allocate(int edge) {
    return new BufferMatrix(context.allocate((long) edge * edge * Float.BYTES));
  }

  @Override
  public Matrix random(int edge, long seed) throws InterruptedException {
    Matrix matrix = allocate(edge);
    try (HostBuffer host = context.allocateHost(buffer(matrix).bytes());
        CudaStream stream = context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      RandomEntries.fill(host.segment(), edge, seed);
      queue.submit(CudaCommand.copy(host, buffer(matrix)));
      queue.awaitAll();
    }
    return matrix;
  }

  @Override
  public Command copy(Matrix from, Matrix to) {
    return CudaCommand.copy(buffer(from), buffer(to));
  }

  @Override
  public Stopwatch newStopwatch() {
    return new CudaStopwatch(context);
  }

  @Override
  public Stream openStream() {
    return new QueueStream(context.newStream());
  }

  @Override
  public void close() {
    context.close();
  }

  private static DeviceBuffer buffer(Matrix matrix) {
    return ((BufferMatrix) matrix).buffer();
  }

  private record BufferMatrix(DeviceBuffer buffer) implements Matrix {
    @Override
    public void close() {
      buffer.close();
    }
  }

  private record QueueStream(CudaStream stream) implements Stream {
    @Override
    public HwQueue openQueue(PreemptionLevel level) {
      return stream.openQueue(level);
    }

    @Override
    public Submission openDirect() {
      return new BareSubmission(new CudaCalls(stream));
    }

    @Override
    public Multiplier openMultiplier() {
      return new CublasMultiplier(Cublas.open(stream));
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  private record CublasMultiplier(Cublas cublas) implements Multiplier {
    @Override
    public Command multiply(int firstRow, int rows, int edge, Matrix from, Matrix by, Matrix to) {
      return cublas.multiply(firstRow, rows, edge, edge, buffer(from), buffer(by), buffer(to));
    }

    @Override
    public void close() {
      cublas.close();
    }
  }
}
