package dev.overtake.platform.cuda;

import dev.overtake.driver.DeviceMemory;

/**
 * Memory on a device. It is allocated and freed in the order of a stream that nothing waits in, so
 * that neither waits for work on the device: a queue that stands suspended would hold it up for as
 * long (cuMemFree waits for all work of its context).
 */
public final class DeviceBuffer extends CudaResource implements DeviceMemory {
  private final CudaContext context;
  private final long stream;
  private final long address;
  private final long bytes;

  private DeviceBuffer(CudaContext context, long stream, long address, long bytes) {
    this.context = context;
    this.stream = stream;
    this.address = address;
    this.bytes = bytes;
  }

  static DeviceBuffer allocate(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "%d bytes on %s: at least 1 must be asked for".formatted(bytes, context));
    }
    long stream = context.memoryStream();
    return context.call(
        () -> {
          long address = CudaDriver.allocateAsync(bytes, stream);
          CudaDriver.synchronizeStream(stream); // From here on every stream may use it.
          return new DeviceBuffer(context, stream, address, bytes);
        });
  }

  /** Where it is on the device, for libraries that take a pointer (CUdeviceptr). */
  @Override
  public long address() {
    requireOpen();
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
  public CudaContext context() {
    return context;
  }

  /** Nothing uses it any more, so it does not matter that no other stream is waited for. */
  @Override
  void free() {
    if (context.forget(this)) {
      CudaDriver.freeAsync(address, stream);
    }
  }

  @Override
  public String toString() {
    return "buffer of %d bytes on %s".formatted(bytes, context.device().label());
  }
}
