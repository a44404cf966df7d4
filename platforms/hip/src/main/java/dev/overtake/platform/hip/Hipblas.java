package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * hipBLAS (hipblas.h), AMD's matrix library: a handle for one stream. Each queue needs its own,
 * also where queues share a stream, since launching uses the handle. It comes with ROCm.
 *
 * <p>The library loads a kernel when it first needs it, which may wait for everything on the
 * device: run what a latency-critical side needs once before.
 */
public final class Hipblas extends HipResource {
  private static final int NO_TRANSPOSITION = 111;
  private static final long FLOAT_BYTES = JAVA_FLOAT.byteSize();

  private static final NativeLibrary LIBRARY =
      Hip.library(
          "hipBLAS (ROCm has it; apt-get install hipblas)",
          "overtake.hip.hipblas",
          "libhipblas.so.3",
          "libhipblas.so.2",
          "libhipblas.so.1",
          "libhipblas.so.0",
          "libhipblas.so");

  private static final MethodHandle CREATE = LIBRARY.bind("hipblasCreate", ADDRESS);
  private static final MethodHandle DESTROY = LIBRARY.bind("hipblasDestroy", JAVA_LONG);
  private static final MethodHandle SET_STREAM =
      LIBRARY.bind("hipblasSetStream", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SGEMM =
      LIBRARY.bind(
          "hipblasSgemm",
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
  private static final MethodHandle STATUS_TO_STRING =
      LIBRARY.bind("hipblasStatusToString", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  /** Factors of a product and of what is added to it, which are read from the host's memory. */
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_FLOAT, 1);

  private static final MemorySegment ZERO = Arena.global().allocateFrom(JAVA_FLOAT, 0);

  private final HipStream stream;
  private final long handle;

  private Hipblas(HipStream stream, long handle) {
    this.stream = stream;
    this.handle = handle;
  }

  /**
   * Opens a handle for the stream. This waits for the device.
   *
   * @throws HipUnavailableException if hipBLAS is not to be found
   */
  public static Hipblas open(HipStream stream) {
    return stream.device().call(() -> new Hipblas(stream, create(stream.handle())));
  }

  private static long create(long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check("hipblasCreate", (int) CREATE.invokeExact(out));
      long handle = out.get(JAVA_LONG, 0);
      try {
        check("hipblasSetStream", (int) SET_STREAM.invokeExact(handle, stream));
      } catch (RuntimeException e) {
        destroy(handle);
        throw e;
      }
      return handle;
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /**
   * A command that computes some rows of C = A B in single precision. The matrices lie row by row.
   * A large product can so be cut into commands between which it can be preempted.
   *
   * @param firstRow of those rows, from 0 on
   * @param rows how many they are, at least 1
   * @param inner columns of A and rows of B, at least 1
   * @param columns of B and C, at least 1
   * @throws IllegalArgumentException if a buffer is too small
   */
  public HipCommand multiply(
      int firstRow, int rows, int inner, int columns, HipBuffer a, HipBuffer b, HipBuffer c) {
    if (firstRow < 0 || rows < 1) {
      throw new IllegalArgumentException(
          "%d rows from row %d on: at least 1 from 0 on".formatted(rows, firstRow));
    }
    requireRoom("A", a, firstRow + rows, inner);
    requireRoom("B", b, inner, columns);
    requireRoom("C", c, firstRow + rows, columns);
    long from = a.pointer() + FLOAT_BYTES * firstRow * inner;
    long to = c.pointer() + FLOAT_BYTES * firstRow * columns;
    return HipCommand.call(
        queueStream -> multiply(queueStream, rows, inner, columns, from, b.pointer(), to),
        this,
        a,
        b,
        c);
  }

  private static void requireRoom(String name, HipBuffer matrix, int rows, int columns) {
    if (rows < 1 || columns < 1 || matrix.bytes() / FLOAT_BYTES / columns < rows) {
      throw new IllegalArgumentException(
          "matrix %s of %d x %d floats in a %s".formatted(name, rows, columns, matrix));
    }
  }

  /** What lies row by row is its transpose to BLAS, column by column: it computes C' = B' A'. */
  private void multiply(
      HipStream queueStream, int rows, int inner, int columns, long a, long b, long c) {
    if (queueStream.handle() != stream.handle()) {
      throw new IllegalArgumentException(
          "the hipBLAS handle is for another stream than the queue's: open one for each");
    }
    try {
      check(
          "hipblasSgemm",
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
      MemorySegment text = (MemorySegment) STATUS_TO_STRING.invokeExact(status);
      throw new HipLibraryException(
          function, status, text.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }

  @Override
  public HipDevice device() {
    return stream.device();
  }

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    destroy(handle);
  }

  private static void destroy(long handle) {
    try {
      check("hipblasDestroy", (int) DESTROY.invokeExact(handle));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  @Override
  public String toString() {
    return "hipBLAS handle on " + device().label();
  }
}
