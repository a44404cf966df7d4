package dev.overtake.platform.cuda;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.StatusCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * cuBLASLt (cublasLt.h), NVIDIA's library for matrix products alone: one handle for all queues of a
 * context, since each product is told its stream. It comes with cuBLAS.
 *
 * <p>Thread-safe; queues may launch its products at the same time. By its documentation (Thread
 * Safety) threads may share a handle, and are warned of configuring or destroying it meanwhile:
 * this one has no configuration, and lives as long as commands use it.
 *
 * <p>What a product needs beside its buffers is made with the first command of its sizes and
 * alignment, and kept until the handle is closed, some hundred bytes each: descriptions of the
 * matrices, and the algorithm, which the library may take tens of microseconds to choose
 * (Heuristics Cache). So a launch only launches.
 *
 * <p>The library is given no memory to work in, since streams could not share it: it chooses among
 * the algorithms that need none.
 */
public final class CublasLt extends MatrixLibrary {
  private static final int COMPUTE_FLOAT = 68; // CUBLAS_COMPUTE_32F
  private static final int FLOAT = 0; // CUDA_R_32F
  private static final int NOT_SUPPORTED = 15; // CUBLAS_STATUS_NOT_SUPPORTED

  /** CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES; those of B, C and D come next. */
  private static final int MIN_ALIGNMENT_A = 5;

  /** What the library takes for granted where it is not told otherwise. */
  private static final long MOST_ALIGNMENT_BYTES = 256;

  /** cublasLtMatmulHeuristicResult_t; the algorithm comes first, so that this may stand for it. */
  private static final MemoryLayout HEURISTIC_RESULT =
      structLayout(
          sequenceLayout(8, JAVA_LONG).withName("algo"),
          JAVA_LONG.withName("workspaceSize"),
          JAVA_INT.withName("state"),
          JAVA_FLOAT.withName("wavesCount"),
          sequenceLayout(4, JAVA_INT).withName("reserved"));

  private static final long STATE = HEURISTIC_RESULT.byteOffset(groupElement("state"));

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "cuBLASLt (pip install nvidia-cublas brings it)",
          "overtake.cuda.cublaslt",
          List.of("libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"),
          Toolkit.folders(),
          CudaUnavailableException::new);

  private static final MethodHandle CREATE = LIBRARY.bind("cublasLtCreate", JAVA_LONG);
  private static final MethodHandle DESTROY = LIBRARY.bind("cublasLtDestroy", JAVA_LONG);
  private static final MethodHandle CREATE_OPERATION =
      LIBRARY.bind("cublasLtMatmulDescCreate", JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle DESTROY_OPERATION =
      LIBRARY.bind("cublasLtMatmulDescDestroy", JAVA_LONG);
  private static final MethodHandle CREATE_LAYOUT =
      LIBRARY.bind(
          "cublasLtMatrixLayoutCreate", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle DESTROY_LAYOUT =
      LIBRARY.bind("cublasLtMatrixLayoutDestroy", JAVA_LONG);
  private static final MethodHandle CREATE_PREFERENCE =
      LIBRARY.bind("cublasLtMatmulPreferenceCreate", JAVA_LONG);
  private static final MethodHandle DESTROY_PREFERENCE =
      LIBRARY.bind("cublasLtMatmulPreferenceDestroy", JAVA_LONG);
  private static final MethodHandle SET_PREFERENCE =
      LIBRARY.bind(
          "cublasLtMatmulPreferenceSetAttribute", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle GET_HEURISTIC =
      LIBRARY.bind(
          "cublasLtMatmulAlgoGetHeuristic",
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          ADDRESS,
          JAVA_LONG);
  private static final MethodHandle MATMUL =
      LIBRARY.bind(
          "cublasLtMatmul",
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG);

  private static final StatusCalls CALLS =
      calls(LIBRARY.bind("cublasLtGetStatusString", FunctionDescriptor.of(ADDRESS, JAVA_INT)));

  /** A matrix on the device, as the library knows it. */
  private record Matrix(long layout, long pointer) {
    /** The power of two that its place is a multiple of, as far as it matters. */
    int alignmentBytes() {
      return (int) Long.lowestOneBit(pointer | MOST_ALIGNMENT_BYTES);
    }
  }

  private record Size(int rows, int columns) {}

  /** What the choice of an algorithm depends on: sizes, and what places are multiples of. */
  private record Problem(
      int rows, int inner, int columns, int leftBytes, int rightBytes, int resultBytes) {}

  private final CudaContext context;
  private final long handle;

  /** That of every product: neither matrix is transposed, and sums are of single precision. */
  private final long operation;

  private final Map<Size, Long> layouts = new ConcurrentHashMap<>();
  private final Map<Problem, MemorySegment> algorithms = new ConcurrentHashMap<>();

  private CublasLt(CudaContext context, long handle, long operation) {
    this.context = context;
    this.handle = handle;
    this.operation = operation;
  }

  /**
   * Opens a handle for the context. This may wait for the device.
   *
   * @throws CudaUnavailableException if cuBLASLt is not to be found
   */
  public static CublasLt open(CudaContext context) {
    return context.call(
        () -> {
          long handle = CALLS.read("cublasLtCreate", out -> (int) CREATE.invokeExact(out));
          try {
            long operation =
                CALLS.read(
                    "cublasLtMatmulDescCreate",
                    out -> (int) CREATE_OPERATION.invokeExact(out, COMPUTE_FLOAT, FLOAT));
            return new CublasLt(context, handle, operation);
          } catch (RuntimeException e) {
            destroy(handle);
            throw e;
          }
        });
  }

  @Override
  CudaCommand.StreamCall product(int rows, int inner, int columns, long a, long b, long c) {
    var left = new Matrix(layout(inner, columns), b);
    var right = new Matrix(layout(rows, inner), a);
    var result = new Matrix(layout(rows, columns), c);
    var problem =
        new Problem(
            rows,
            inner,
            columns,
            left.alignmentBytes(),
            right.alignmentBytes(),
            result.alignmentBytes());
    MemorySegment algorithm =
        algorithms.computeIfAbsent(problem, _ -> context.call(() -> choose(left, right, result)));
    return stream -> multiply(stream.handle(), left, right, result, algorithm);
  }

  private long layout(int rows, int columns) {
    return layouts.computeIfAbsent(
        new Size(rows, columns),
        _ ->
            CALLS.read(
                "cublasLtMatrixLayoutCreate",
                out ->
                    (int)
                        CREATE_LAYOUT.invokeExact(
                            out, FLOAT, (long) columns, (long) rows, (long) columns)));
  }

  private MemorySegment choose(Matrix left, Matrix right, Matrix result) {
    long preference =
        CALLS.read(
            "cublasLtMatmulPreferenceCreate", out -> (int) CREATE_PREFERENCE.invokeExact(out));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment alignments =
          arena.allocateFrom(
              JAVA_INT,
              left.alignmentBytes(),
              right.alignmentBytes(),
              result.alignmentBytes(),
              result.alignmentBytes());
      for (int i = 0; i < 4; i++) {
        int attribute = MIN_ALIGNMENT_A + i;
        long value = alignments.address() + i * JAVA_INT.byteSize();
        CALLS.check(
            "cublasLtMatmulPreferenceSetAttribute",
            () ->
                (int)
                    SET_PREFERENCE.invokeExact(preference, attribute, value, JAVA_INT.byteSize()));
      }
      MemorySegment chosen = Arena.ofAuto().allocate(HEURISTIC_RESULT);
      long found =
          CALLS.read(
              "cublasLtMatmulAlgoGetHeuristic",
              out ->
                  (int)
                      GET_HEURISTIC.invokeExact(
                          handle,
                          operation,
                          left.layout(),
                          right.layout(),
                          result.layout(),
                          result.layout(),
                          preference,
                          1,
                          chosen,
                          out));
      CALLS.check(
          "cublasLtMatmulAlgoGetHeuristic",
          found == 0 ? NOT_SUPPORTED : chosen.get(JAVA_INT, STATE));
      return chosen;
    } finally {
      CALLS.check(
          "cublasLtMatmulPreferenceDestroy",
          () -> (int) DESTROY_PREFERENCE.invokeExact(preference));
    }
  }

  /** D = left right, where what the library calls C is D, and is not read. */
  private void multiply(
      long stream, Matrix left, Matrix right, Matrix result, MemorySegment algorithm) {
    int status;
    try {
      status =
          (int)
              MATMUL.invokeExact(
                  handle,
                  operation,
                  ONE,
                  left.pointer(),
                  left.layout(),
                  right.pointer(),
                  right.layout(),
                  ZERO,
                  result.pointer(),
                  result.layout(),
                  result.pointer(),
                  result.layout(),
                  algorithm,
                  0L,
                  0L,
                  stream);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cublasLtMatmul", status);
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    try {
      for (long layout : layouts.values()) {
        CALLS.check("cublasLtMatrixLayoutDestroy", () -> (int) DESTROY_LAYOUT.invokeExact(layout));
      }
      CALLS.check(
          "cublasLtMatmulDescDestroy", () -> (int) DESTROY_OPERATION.invokeExact(operation));
    } finally {
      destroy(handle);
    }
  }

  private static void destroy(long handle) {
    CALLS.check("cublasLtDestroy", () -> (int) DESTROY.invokeExact(handle));
  }

  @Override
  public String toString() {
    return "cuBLASLt handle on " + context.device().label();
  }
}
