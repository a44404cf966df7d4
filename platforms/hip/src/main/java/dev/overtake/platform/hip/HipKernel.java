package dev.overtake.platform.hip;

import dev.overtake.driver.KernelArguments;
import dev.overtake.driver.LaunchShape;

/** A kernel, which lives as long as its module. Thread-safe. */
public final class HipKernel {
  private final HipModule module;
  private final long function;
  private final String name;
  private final int mostThreadsPerBlock;

  private HipKernel(HipModule module, long function, String name, int mostThreadsPerBlock) {
    this.module = module;
    this.function = function;
    this.name = name;
    this.mostThreadsPerBlock = mostThreadsPerBlock;
  }

  static HipKernel of(HipModule module, long function, String name) {
    return new HipKernel(module, function, name, Hip.mostThreadsPerBlock(function));
  }

  /**
   * Gives the kernel its arguments, for any number of launches: each an {@link Integer}, {@link
   * Long}, {@link Short}, {@link Byte}, {@link Float} or {@link Double}, a {@link HipBuffer} or
   * {@link HipHostBuffer} for its address, or a {@link java.lang.foreign.MemorySegment} for a
   * struct by value. Their number and sizes are not compared with the kernel's parameters: HIP does
   * not tell those.
   *
   * @throws IllegalArgumentException if one is of another type
   */
  public BoundKernel bind(Object... arguments) {
    return new BoundKernel(this, KernelArguments.of(arguments), arguments);
  }

  HipModule module() {
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
