package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.StatusCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A handle of a library that computes products of matrices, each of which is a command: {@link
 * Cublas} for one stream, {@link CublasLt} for all of a context.
 *
 * <p>Such a library loads a kernel when it first needs it, which may wait for everything on the
 * device, also where a command of new sizes is only made: make and run what a latency-critical side
 * needs once before, and not while a queue is suspended at level 2.
 */
public abstract sealed class MatrixLibrary extends CudaResource permits Cublas, CublasLt {
  /** Factors of a product and of what is added to it, which are read from the host's memory. */
  static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_FLOAT, 1);

  static final MemorySegment ZERO = Arena.global().allocateFrom(JAVA_FLOAT, 0);

  private static final long FLOAT_BYTES = JAVA_FLOAT.byteSize();

  MatrixLibrary() {}

  /** Calls of such a library, which has a function that describes a status. */
  static StatusCalls calls(MethodHandle getStatusString) {
    return new StatusCalls(
        (function, status) ->
            new LibraryStatusException(function, status, text(getStatusString, status)));
  }

  @SuppressWarnings("restricted") // a constant string that ends with a zero
  private static String text(MethodHandle getStatusString, int status) {
    try {
      MemorySegment text = (MemorySegment) getStatusString.invokeExact(status);
      return text.reinterpret(Long.MAX_VALUE).getString(0);
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
   * @throws IllegalStateException if this is closed
   * @throws LibraryStatusException if the library says already now that it cannot compute it
   */
  public final CudaCommand multiply(
      int rows, int inner, int columns, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c) {
    return multiply(0, rows, inner, columns, a, b, c);
  }

  /**
   * Likewise for some of the rows of A and C, so that a large product can be cut into commands
   * between which it can be preempted.
   *
   * @param firstRow of those rows, from 0 on
   * @param rows how many they are, at least 1
   */
  public final CudaCommand multiply(
      int firstRow,
      int rows,
      int inner,
      int columns,
      DeviceBuffer a,
      DeviceBuffer b,
      DeviceBuffer c) {
    if (firstRow < 0 || rows < 1) {
      throw new IllegalArgumentException(
          "%d rows from row %d on: at least 1 from 0 on".formatted(rows, firstRow));
    }
    requireRoom("A", a, firstRow + rows, inner);
    requireRoom("B", b, inner, columns);
    requireRoom("C", c, firstRow + rows, columns);
    long from = a.pointer() + FLOAT_BYTES * firstRow * inner;
    long to = c.pointer() + FLOAT_BYTES * firstRow * columns;
    retain(); // What the library is to have for it must not be made when the handle is gone.
    try {
      return CudaCommand.call(product(rows, inner, columns, from, b.pointer(), to), this, a, b, c);
    } finally {
      release();
    }
  }

  private static void requireRoom(String name, DeviceBuffer matrix, int rows, int columns) {
    if (rows < 1 || columns < 1 || matrix.bytes() / FLOAT_BYTES / columns < rows) {
      throw new IllegalArgumentException(
          "matrix %s of %d x %d floats in a %s".formatted(name, rows, columns, matrix));
    }
  }

  /**
   * What puts a product into a stream. To these libraries matrices lie column by column, and what
   * lies row by row is its transpose: they are to compute C' = B' A'.
   *
   * @param a where the rows begin, as {@code b} and {@code c}; the sizes are right
   */
  abstract CudaCommand.StreamCall product(int rows, int inner, int columns, long a, long b, long c);
}
