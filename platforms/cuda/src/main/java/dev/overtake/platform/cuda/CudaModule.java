package dev.overtake.platform.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Kernels that were loaded together. */
public final class CudaModule extends CudaResource {
  private final CudaContext context;
  private final long handle;

  private CudaModule(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  static CudaModule load(CudaContext context, byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(image.length + 1L); // PTX ends with a zero.
      MemorySegment.copy(image, 0, copy, ValueLayout.JAVA_BYTE, 0, image.length);
      return new CudaModule(context, context.call(() -> CudaDriver.loadModule(copy)));
    }
  }

  /**
   * The kernel of this name, loaded. That may wait for what runs on the device: look it up before a
   * queue is suspended at level 2.
   *
   * @throws CudaStatusException if it has none
   */
  public CudaKernel kernel(String name) {
    requireOpen();
    return context.call(() -> CudaKernel.of(this, CudaDriver.function(handle, name), name));
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
    CudaDriver.unloadModule(handle);
  }

  @Override
  public String toString() {
    return "module on " + context.device().label();
  }
}
