package dev.overtake.platform.hip;

import dev.overtake.driver.DeviceMemory;
import java.lang.foreign.MemorySegment;

/**
 * Memory of the host that devices can reach by themselves (page-locked): copies from and to it do
 * not make the thread wait that launches them, as those of other memory do.
 */
public final class HipHostBuffer extends HipResource implements DeviceMemory {
  private final HipDevice device;
  private final MemorySegment segment;

  private HipHostBuffer(HipDevice device, MemorySegment segment) {
    this.device = device;
    this.segment = segment;
  }

  @SuppressWarnings("restricted") // the runtime gave as much
  static HipHostBuffer allocate(HipDevice device, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "%d bytes of the host: at least 1 must be asked for".formatted(bytes));
    }
    long address = device.call(() -> Hip.allocateHost(bytes));
    return new HipHostBuffer(device, MemorySegment.ofAddress(address).reinterpret(bytes));
  }

  /**
   * Its contents. Who keeps it longer than the buffer reads freed memory.
   *
   * @throws IllegalStateException if the buffer is closed
   */
  public MemorySegment segment() {
    lifetime.requireOpen();
    return segment;
  }

  public long bytes() {
    return segment.byteSize();
  }

  /** Where a kernel finds it: the same as for the host (unified addressing). */
  @Override
  public long address() {
    lifetime.requireOpen();
    return segment.address();
  }

  /** The same for commands, which have looked whether it is alive. */
  long pointer() {
    return segment.address();
  }

  @Override
  public HipDevice device() {
    return device;
  }

  /** All devices can: it was allocated so. */
  @Override
  void requireUsableOn(HipDevice user) {}

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    Hip.freeHost(segment.address());
  }

  @Override
  public String toString() {
    return "buffer of %d bytes of the host".formatted(bytes());
  }
}
