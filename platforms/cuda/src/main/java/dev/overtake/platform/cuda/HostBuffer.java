package dev.overtake.platform.cuda;

import dev.overtake.driver.DeviceMemory;
import java.lang.foreign.MemorySegment;

/**
 * Memory of the host that devices can reach by themselves (page-locked): copies from and to it do
 * not make the thread wait that launches them, as those of other memory do.
 */
public final class HostBuffer extends CudaResource implements DeviceMemory {
  private final CudaContext context;
  private final MemorySegment segment;

  private HostBuffer(CudaContext context, MemorySegment segment) {
    this.context = context;
    this.segment = segment;
  }

  @SuppressWarnings("restricted") // the driver gave as much
  static HostBuffer allocate(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "%d bytes of the host: at least 1 must be asked for".formatted(bytes));
    }
    long address = context.call(() -> CudaDriver.allocateHost(bytes));
    return new HostBuffer(context, MemorySegment.ofAddress(address).reinterpret(bytes));
  }

  /**
   * Its contents. Who keeps it longer than the buffer reads freed memory.
   *
   * @throws IllegalStateException if the buffer is closed
   */
  public MemorySegment segment() {
    requireOpen();
    return segment;
  }

  public long bytes() {
    return segment.byteSize();
  }

  /** Where a kernel finds it (CUdeviceptr): the same as for the host (unified addressing). */
  @Override
  public long address() {
    requireOpen();
    return segment.address();
  }

  /** The same for commands, which have looked whether it is alive. */
  long pointer() {
    return segment.address();
  }

  @Override
  public CudaContext context() {
    return context;
  }

  /** All contexts can: it was allocated so. */
  @Override
  void requireUsableIn(CudaContext user) {}

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    CudaDriver.freeHost(segment.address());
  }

  @Override
  public String toString() {
    return "buffer of %d bytes of the host".formatted(bytes());
  }
}
