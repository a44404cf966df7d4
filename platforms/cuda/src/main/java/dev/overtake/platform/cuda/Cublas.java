package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.StatusCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * cuBLAS (cublas_v2.h), NVIDIA's matrix library: a handle for one stream. Each queue needs its own,
 * also where queues share a stream, since launching uses the handle. It comes with the CUDA toolkit
 * and with the Python package nvidia-cublas.
 */
public final class Cublas extends MatrixLibrary {
  private static final int NO_TRANSPOSITION = 0;

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "cuBLAS (pip install nvidia-cublas brings it)",
          "overtake.cuda.cublas",
          List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so"),
          Toolkit.folders(),
          CudaUnavailableException::new);

  private static final MethodHandle CREATE = LIBRARY.bind("cublasCreate_v2", JAVA_LONG);
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

  private static final StatusCalls CALLS =
      calls(LIBRARY.bind("cublasGetStatusString", FunctionDescriptor.of(ADDRESS, JAVA_INT)));

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
    long handle = CALLS.read("cublasCreate", out -> (int) CREATE.invokeExact(out));
    try {
      CALLS.check("cublasSetStream", () -> (int) SET_STREAM.invokeExact(handle, stream));
    } catch (RuntimeException e) {
      destroy(handle);
      throw e;
    }
    return handle;
  }

  @Override
  CudaCommand.StreamCall product(int rows, int inner, int columns, long a, long b, long c) {
    return queueStream -> multiply(queueStream, rows, inner, columns, a, b, c);
  }

  private void multiply(
      CudaStream queueStream, int rows, int inner, int columns, long a, long b, long c) {
    if (queueStream.handle() != stream.handle()) {
      throw new IllegalArgumentException(
          "the cuBLAS handle is for another stream than the queue's: open one for each");
    }
    int status;
    try {
      status =
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
                  columns);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cublasSgemm", status);
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
    destroy(handle);
  }

  private static void destroy(long handle) {
    CALLS.check("cublasDestroy", () -> (int) DESTROY.invokeExact(handle));
  }

  @Override
  public String toString() {
    return "cuBLAS handle on " + context().device().label();
  }
}
