package dev.overtake.platform.cuda;

import dev.overtake.driver.KernelArguments;
import dev.overtake.driver.LaunchShape;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A kernel, which lives as long as its module. Thread-safe. */
public final class CudaKernel {
  private final CudaModule module;
  private final long function;
  private final String name;
  private final int mostThreadsPerBlock;

  /** Bytes of each parameter; null if the driver cannot tell (before CUDA 12.4). */
  private final @Nullable List<Long> parameterBytes;

  private CudaKernel(
      CudaModule module,
      long function,
      String name,
      int mostThreadsPerBlock,
      @Nullable List<Long> parameterBytes) {
    this.module = module;
    this.function = function;
    this.name = name;
    this.mostThreadsPerBlock = mostThreadsPerBlock;
    this.parameterBytes = parameterBytes;
  }

  /**
   * Asking for an attribute also has the driver load the kernel now. At its first launch that could
   * wait for other work of the context, and a suspended queue's stands (CUDA C++ Programming Guide,
   * Lazy Loading).
   */
  static CudaKernel of(CudaModule module, long function, String name) {
    int most = CudaDriver.functionAttribute(function, CudaDriver.FUNCTION_MAX_THREADS_PER_BLOCK);
    List<Long> bytes = CudaDriver.has("cuFuncGetParamInfo") ? parameterBytes(function) : null;
    return new CudaKernel(module, function, name, most, bytes);
  }

  private static List<Long> parameterBytes(long function) {
    return LongStream.iterate(0, index -> index + 1)
        .map(index -> CudaDriver.parameterBytes(function, index))
        .takeWhile(bytes -> bytes >= 0)
        .boxed()
        .toList();
  }

  /**
   * Gives the kernel its arguments, for any number of launches: each an {@link Integer}, {@link
   * Long}, {@link Short}, {@link Byte}, {@link Float} or {@link Double}, a {@link DeviceBuffer} or
   * {@link HostBuffer} for its address, or a {@link java.lang.foreign.MemorySegment} for a struct
   * by value.
   *
   * @throws IllegalArgumentException if one is of another type; or, where the driver knows the
   *     kernel's parameters, if there are more or fewer of them, or one has another size
   */
  public BoundKernel bind(Object... arguments) {
    var packed = KernelArguments.of(arguments);
    if (parameterBytes != null && !parameterBytes.equals(packed.sizes())) {
      throw new IllegalArgumentException(
          "kernel %s takes %d parameters of %s bytes, and was given %d of %s bytes"
              .formatted(
                  name,
                  parameterBytes.size(),
                  parameterBytes,
                  packed.sizes().size(),
                  packed.sizes()));
    }
    return new BoundKernel(this, packed, arguments);
  }

  CudaModule module() {
    return module;
  }

  long function() {
    return function;
  }

  void requireLaunchable(LaunchShape shape) {
    if (shape.threadsPerBlock() > mostThreadsPerBlock) {
      throw new IllegalArgumentException(
          "kernel %s takes at most %d threads a block, and was to be launched with %d"
              .formatted(name, mostThreadsPerBlock, shape.threadsPerBlock()));
    }
  }

  @Override
  public String toString() {
    return "kernel " + name;
  }
}
