package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * cuBLAS (cublas_v2.h), NVIDIA's matrix library: a handle for one stream. Each queue needs its own,
 * also where queues share a stream, since launching uses the handle. It comes with the CUDA toolkit
 * and with the Python package nvidia-cublas.
 *
 * <p>cuBLAS loads a kernel when it first needs it, which may wait for everything on the device: run
 * what a latency-critical side needs once before.
 */
public final class Cublas extends CudaResource {
  private static final int NO_TRANSPOSITION = 0;
  private static final long FLOAT_BYTES = JAVA_FLOAT.byteSize();

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "cuBLAS (pip install nvidia-cublas brings it)",
          "overtake.cuda.cublas",
          List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so"),
          Toolkit.folders(),
          CudaUnavailableException::new);

  private static final MethodHandle CREATE = LIBRARY.bind("cublasCreate_v2", ADDRESS);
  private static final MethodHandle DESTROY = LIBRARY.bind("cublasDestroy_v2", JAVA_LONG);
  private static final MethodHandle SET_STREAM =
      LIBRARY.bind("cublasSetStream_v2", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SGEMM =
      LIBRARY.bind(
          "cublasSgemm_v2",
          JAVA_LONG,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          ADDRESS,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          ADDRESS,
          JAVA_LONG,
          JAVA_INT);
  private static final MethodHandle GET_STATUS_STRING =
      LIBRARY.bind("cublasGetStatusString", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  /** Factors of a product and of what is added to it, which cuBLAS reads from the host's memory. */
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_FLOAT, 1);

  private static final MemorySegment ZERO = Arena.global().allocateFrom(JAVA_FLOAT, 0);

  private final CudaStream stream;
  private final long handle;

  private Cublas(CudaStream stream, long handle) {
    this.stream = stream;
    this.handle = handle;
  }

  /**
   * Opens a handle for the stream. This waits for the device.
   *
   * @throws CudaUnavailableException if cuBLAS is not to be found
   */
  public static Cublas open(CudaStream stream) {
    return stream.context().call(() -> new Cublas(stream, create(stream.handle())));
  }

  private static long create(long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check("cublasCreate", (int) CREATE.invokeExact(out));
      long handle = out.get(JAVA_LONG, 0);
      check("cublasSetStream", (int) SET_STREAM.invokeExact(handle, stream));
      return handle;
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /**
   * A command that computes C = A B in single precision. The matrices lie row by row.
   *
   * @param rows of A and C, at least 1
   * @param inner columns of A and rows of B, at least 1
   * @param columns of B and C, at least 1
   * @throws IllegalArgumentException if a buffer is too small
   */
  public CudaCommand multiply(
      int rows, int inner, int columns, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c) {
    return multiply(0, rows, inner, columns, a, b, c);
  }

  /**
   * Likewise for some of the rows of A and C, so that a large product can be cut into commands
   * between which it can be preempted.
   *
   * @param firstRow of those rows, from 0 on
   * @param rows how many they are
   */
  public CudaCommand multiply(
      int firstRow,
      int rows,
      int inner,
      int columns,
      DeviceBuffer a,
      DeviceBuffer b,
      DeviceBuffer c) {
    requireRoom("A", a, firstRow + rows, inner);
    requireRoom("B", b, inner, columns);
    requireRoom("C", c, firstRow + rows, columns);
    long from = a.pointer() + FLOAT_BYTES * firstRow * inner;
    long to = c.pointer() + FLOAT_BYTES * firstRow * columns;
    return CudaCommand.call(
        queueStream -> multiply(queueStream, rows, inner, columns, from, b.pointer(), to),
        this,
        a,
        b,
        c);
  }

  private static void requireRoom(String name, DeviceBuffer matrix, int rows, int columns) {
    if (rows < 1 || columns < 1 || matrix.bytes() / FLOAT_BYTES / columns < rows) {
      throw new IllegalArgumentException(
          "matrix %s of %d x %d floats in a %s".formatted(name, rows, columns, matrix));
    }
  }

  /** What lies row by row is its transpose to cuBLAS, column by column: it computes C' = B' A'. */
  private void multiply(
      CudaStream queueStream, int rows, int inner, int columns, long a, long b, long c) {
    if (queueStream.handle() != stream.handle()) {
      throw new IllegalArgumentException(
          "the cuBLAS handle is for another stream than the queue's: open one for each");
    }
    try {
      check(
          "cublasSgemm",
          (int)
              SGEMM.invokeExact(
                  handle,
                  NO_TRANSPOSITION,
                  NO_TRANSPOSITION,
                  columns,
                  rows,
                  inner,
                  ONE,
                  b,
                  columns,
                  a,
                  inner,
                  ZERO,
                  c,
                  columns));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  @SuppressWarnings("restricted") // a constant string that ends with a zero
  private static void check(String function, int status) throws Throwable {
    if (status != 0) {
      MemorySegment text = (MemorySegment) GET_STATUS_STRING.invokeExact(status);
      throw new LibraryStatusException(
          function, status, text.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }

  @Override
  public CudaContext context() {
    return stream.context();
  }

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    try {
      check("cublasDestroy", (int) DESTROY.invokeExact(handle));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  @Override
  public String toString() {
    return "cuBLAS handle on " + context().device().label();
  }
}
