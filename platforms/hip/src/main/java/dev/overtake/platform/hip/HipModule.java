package dev.overtake.platform.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Kernels that were loaded together. */
public final class HipModule extends HipResource {
  private final HipDevice device;
  private final long handle;

  private HipModule(HipDevice device, long handle) {
    this.device = device;
    this.handle = handle;
  }

  static HipModule load(HipDevice device, byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, image);
      return new HipModule(device, device.call(() -> Hip.loadModule(copy)));
    }
  }

  /**
   * The kernel of this name, loaded. That may wait for what runs on the device: look it up before a
   * queue is suspended at level 2.
   *
   * @throws HipStatusException if it has none
   */
  public HipKernel kernel(String name) {
    lifetime.requireOpen();
    return device.call(() -> HipKernel.of(this, Hip.function(handle, name), name));
  }

  @Override
  public HipDevice device() {
    return device;
  }

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    Hip.unloadModule(handle);
  }

  @Override
  public String toString() {
    return "module on " + device.label();
  }
}
