package dev.overtake.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * The few functions of the CUDA driver that {@link DriverProbe} tries. Every one throws {@link
 * CudaException} if the driver does not return CUDA_SUCCESS, or is too old to have it.
 */
final class CudaDriver {
  private static final String LIBRARY = "libcuda.so.1";
  private static final int NOT_READY = 600;
  private static final int NAME_BYTES = 256;
  private static final int UUID_BYTES = 16;
  private static final int STREAM_NON_BLOCKING = 1;
  private static final int HOST_ALLOCATION_MAPPED = 2;

  /** A status of the driver other than success, or a function that it does not have. */
  static final class CudaException extends Exception {
    private static final long serialVersionUID = 1;

    CudaException(String function, int status) {
      super(function + " returned " + status);
    }

    CudaException(String message) {
      super(message);
    }
  }

  private final SymbolLookup library;
  private final Arena arena;

  /**
   * @throws IllegalArgumentException if the library cannot be loaded
   */
  @SuppressWarnings("restricted") // what this class is for
  CudaDriver(Arena arena) {
    this.arena = arena;
    library = SymbolLookup.libraryLookup(LIBRARY, arena);
  }

  void initialize() throws CudaException {
    call("cuInit", layouts(JAVA_INT), 0);
  }

  /** 1000 * major + 10 * minor of the newest CUDA that it supports. */
  int version() throws CudaException {
    MemorySegment version = arena.allocate(JAVA_INT);
    call("cuDriverGetVersion", layouts(ADDRESS), version);
    return version.get(JAVA_INT, 0);
  }

  int deviceCount() throws CudaException {
    MemorySegment count = arena.allocate(JAVA_INT);
    call("cuDeviceGetCount", layouts(ADDRESS), count);
    return count.get(JAVA_INT, 0);
  }

  int device(int index) throws CudaException {
    MemorySegment device = arena.allocate(JAVA_INT);
    call("cuDeviceGet", layouts(ADDRESS, JAVA_INT), device, index);
    return device.get(JAVA_INT, 0);
  }

  String name(int device) throws CudaException {
    MemorySegment name = arena.allocate(NAME_BYTES);
    call("cuDeviceGetName", layouts(ADDRESS, JAVA_INT, JAVA_INT), name, NAME_BYTES, device);
    return name.getString(0);
  }

  /** 16 bytes; of a part of a device where MIG has made parts, as the shim knows it. */
  MemorySegment uuid(int device) throws CudaException {
    MemorySegment uuid = arena.allocate(UUID_BYTES);
    String newer = "cuDeviceGetUuid_v2";
    String function = library.find(newer).isPresent() ? newer : "cuDeviceGetUuid";
    call(function, layouts(ADDRESS, JAVA_INT), uuid, device);
    return uuid;
  }

  /**
   * @param attribute as the driver numbers it (CUdevice_attribute)
   */
  int attribute(int device, int attribute) throws CudaException {
    MemorySegment value = arena.allocate(JAVA_INT);
    call("cuDeviceGetAttribute", layouts(ADDRESS, JAVA_INT, JAVA_INT), value, attribute, device);
    return value.get(JAVA_INT, 0);
  }

  /** Has this thread use the device's primary context. */
  void usePrimaryContext(int device) throws CudaException {
    MemorySegment context = arena.allocate(ADDRESS);
    call("cuDevicePrimaryCtxRetain", layouts(ADDRESS, JAVA_INT), context, device);
    call("cuCtxSetCurrent", layouts(ADDRESS), context.get(ADDRESS, 0));
  }

  MemorySegment stream() throws CudaException {
    MemorySegment stream = arena.allocate(ADDRESS);
    call("cuStreamCreate", layouts(ADDRESS, JAVA_INT), stream, STREAM_NON_BLOCKING);
    return stream.get(ADDRESS, 0);
  }

  /** Memory of the host that the device can read and write, zero-filled. */
  @SuppressWarnings("restricted") // the driver says where it is, this class how large
  MemorySegment sharedMemory(long bytes) throws CudaException {
    MemorySegment pointer = arena.allocate(ADDRESS);
    call(
        "cuMemHostAlloc",
        layouts(ADDRESS, JAVA_LONG, JAVA_INT),
        pointer,
        bytes,
        HOST_ALLOCATION_MAPPED);
    return pointer.get(ADDRESS, 0).reinterpret(bytes).fill((byte) 0);
  }

  /** How the device addresses what {@link #sharedMemory} gave. */
  long deviceAddress(MemorySegment shared) throws CudaException {
    MemorySegment address = arena.allocate(JAVA_LONG);
    call("cuMemHostGetDevicePointer_v2", layouts(ADDRESS, ADDRESS, JAVA_INT), address, shared, 0);
    return address.get(JAVA_LONG, 0);
  }

  /**
   * @param operations an array of CUstreamBatchMemOpParams
   */
  void batchMemoryOperations(MemorySegment stream, MemorySegment operations, int count)
      throws CudaException {
    call(
        "cuStreamBatchMemOp_v2",
        layouts(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT),
        stream,
        count,
        operations,
        0);
  }

  /** Whether everything in the stream has been done. */
  boolean isDone(MemorySegment stream) throws CudaException {
    int status = status("cuStreamQuery", layouts(ADDRESS), stream);
    if (status != 0 && status != NOT_READY) {
      throw new CudaException("cuStreamQuery", status);
    }
    return status == 0;
  }

  private static MemoryLayout[] layouts(MemoryLayout... layouts) {
    return layouts;
  }

  private void call(String function, MemoryLayout[] parameters, Object... arguments)
      throws CudaException {
    int status = status(function, parameters, arguments);
    if (status != 0) {
      throw new CudaException(function, status);
    }
  }

  @SuppressWarnings("restricted")
  private int status(String function, MemoryLayout[] parameters, Object... arguments)
      throws CudaException {
    MemorySegment address =
        library
            .find(function)
            .orElseThrow(() -> new CudaException("the driver has no " + function));
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters))
              .invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function + " cannot be called", e);
    }
  }
}
