package dev.overtake.bench.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overtake.bench.harness.DirectSubmission;
import dev.overtake.bench.harness.Submission;
import dev.overtake.bench.products.ProductDevice;
import dev.overtake.bench.products.RandomEntries;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.opencl.NdRange;
import dev.overtake.platform.opencl.OpenClBuffer;
import dev.overtake.platform.opencl.OpenClCommand;
import dev.overtake.platform.opencl.OpenClContext;
import dev.overtake.platform.opencl.OpenClDevice;
import dev.overtake.platform.opencl.OpenClKernel;
import dev.overtake.platform.opencl.OpenClProgram;
import dev.overtake.platform.opencl.OpenClQueue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Products by a tiled kernel, which computes the same on every device, and nowhere the fastest. */
record OpenClProducts(OpenClContext context, OpenClProgram program) implements ProductDevice {
  private static final String SOURCE = "product.cl";
  private static final String KERNEL = "product";

  /** Rows and columns of a work group's tile: that of the source. */
  private static final int TILE = 16;

  static OpenClProducts open(OpenClDevice device) {
    OpenClContext context = device.openContext();
    try (InputStream source =
        Objects.requireNonNull(OpenClProducts.class.getResourceAsStream(SOURCE))) {
      return new OpenClProducts(context, context.compile(new String(source.readAllBytes(), UTF_8)));
    } catch (IOException e) {
      context.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return context.device().name();
  }

  @Override
  public String library() {
    return "a tiled OpenCL kernel";
  }

  @Override
  public int leastRows() {
    return TILE;
  }

  @Override
  public Matrix allocate(int edge) {
    return new BufferMatrix(context.allocate((long) edge * edge * Float.BYTES));
  }

  @Override
  public Matrix random(int edge, long seed) throws InterruptedException {
    Matrix matrix = allocate(edge);
    try (Arena arena = Arena.ofShared();
        OpenClQueue commands = context.newQueue();
        XQueue queue = XQueue.on(commands.openQueue()).open()) {
      MemorySegment entries = arena.allocate(buffer(matrix).bytes(), Float.BYTES);
      RandomEntries.fill(entries, edge, seed);
      queue.submit(OpenClCommand.copy(entries, buffer(matrix)));
      queue.awaitAll();
    }
    return matrix;
  }

  @Override
  public Command copy(Matrix from, Matrix to) {
    return OpenClCommand.copy(buffer(from), buffer(to));
  }

  /** A command that copies a matrix to native memory of its size. */
  Command read(Matrix from, MemorySegment to) {
    return OpenClCommand.copy(buffer(from), to);
  }

  @Override
  public Stream openStream() {
    return new QueueStream(context.newQueue(), program);
  }

  @Override
  public void close() {
    program.close();
    context.close();
  }

  private static OpenClBuffer buffer(Matrix matrix) {
    return ((BufferMatrix) matrix).buffer();
  }

  private record BufferMatrix(OpenClBuffer buffer) implements Matrix {
    @Override
    public void close() {
      buffer.close();
    }
  }

  private record QueueStream(OpenClQueue queue, OpenClProgram program) implements Stream {
    @Override
    public HwQueue openQueue(PreemptionLevel level) {
      return queue.openQueue(level);
    }

    @Override
    public Submission openDirect() {
      return new DirectSubmission(openQueue(PreemptionLevel.L1));
    }

    @Override
    public Multiplier openMultiplier() {
      return new KernelMultiplier(program);
    }

    @Override
    public void close() {
      queue.close();
    }
  }

  /**
   * Keeps a kernel for each set of arguments: a pass is then as cheap to make as with a library.
   */
  private static final class KernelMultiplier implements Multiplier {
    private record Product(int firstRow, int rows, int edge, Matrix from, Matrix by, Matrix to) {}

    private final OpenClProgram program;
    private final Map<Product, OpenClKernel> kernels = new HashMap<>();

    KernelMultiplier(OpenClProgram program) {
      this.program = program;
    }

    @Override
    public Command multiply(int firstRow, int rows, int edge, Matrix from, Matrix by, Matrix to) {
      OpenClKernel kernel =
          kernels.computeIfAbsent(new Product(firstRow, rows, edge, from, by, to), this::bind);
      return kernel.launch(NdRange.of(covering(edge), covering(rows)).inGroupsOf(TILE, TILE));
    }

    private OpenClKernel bind(Product product) {
      return program.kernel(
          KERNEL,
          buffer(product.from),
          buffer(product.by),
          buffer(product.to),
          product.edge,
          product.firstRow,
          product.firstRow + product.rows);
    }

    private static long covering(int items) {
      return (long) Math.ceilDiv(items, TILE) * TILE;
    }

    @Override
    public void close() {
      kernels.values().forEach(OpenClKernel::close);
    }
  }
}
