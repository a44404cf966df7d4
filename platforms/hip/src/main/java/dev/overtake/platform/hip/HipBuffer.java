package dev.overtake.platform.hip;

import dev.overtake.driver.DeviceMemory;

/**
 * Memory on a device. It is allocated and freed in the order of a stream that nothing waits in, so
 * that neither waits for work on the device: a queue that stands suspended would hold it up for as
 * long (hipFree waits for all work of its device).
 */
public final class HipBuffer extends HipResource implements DeviceMemory {
  private final HipDevice device;
  private final long stream;
  private final long address;
  private final long bytes;

  private HipBuffer(HipDevice device, long stream, long address, long bytes) {
    this.device = device;
    this.stream = stream;
    this.address = address;
    this.bytes = bytes;
  }

  static HipBuffer allocate(HipDevice device, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "%d bytes on %s: at least 1 must be asked for".formatted(bytes, device.label()));
    }
    long stream = device.memoryStream();
    return device.call(
        () -> {
          long address = Hip.allocateAsync(bytes, stream);
          Hip.synchronizeStream(stream); // From here on every stream may use it.
          return new HipBuffer(device, stream, address, bytes);
        });
  }

  /** Where it is on the device, for libraries that take a pointer (hipDeviceptr_t). */
  @Override
  public long address() {
    lifetime.requireOpen();
    return address;
  }

  /** The same for commands, which have looked whether it is alive. */
  long pointer() {
    return address;
  }

  public long bytes() {
    return bytes;
  }

  @Override
  public HipDevice device() {
    return device;
  }

  /** Nothing uses it any more, so it does not matter that no other stream is waited for. */
  @Override
  void free() {
    Hip.freeAsync(address, stream);
  }

  @Override
  public String toString() {
    return "buffer of %d bytes on %s".formatted(bytes, device.label());
  }
}
