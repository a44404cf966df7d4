package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.PythonPackages;
import dev.overtake.driver.StatusCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The HIP runtime (hip_runtime_api.h of ROCm 5.2 to 7), as far as it is used here, and nothing
 * else: no class but this one knows a function of it. Handles, addresses and sizes are longs, which
 * are passed as a C pointer is. Every status but hipSuccess becomes a {@link HipStatusException};
 * the few calls for which another one is an answer say so.
 *
 * <p>What a launch needs ({@link #launchKernel}, {@link #writeValue}, {@link #waitValue}, {@link
 * #recordEvent}, {@link #requireNoCapture}, {@link #currentDevice}, {@link #setDevice}) allocates
 * nothing. Thread-safe.
 */
final class Hip {
  /** What a runtime has to be at least, as {@link #version} counts. */
  static final int OLDEST_VERSION = 50_200_000;

  static final long DEFAULT_STREAM = 0;

  /** Another name of the same, hipStreamLegacy of ROCm 7: not a stream that can be asked. */
  static final long LEGACY_STREAM = 1;

  static final long PER_THREAD_STREAM = 2;
  static final int EVENT_DISABLE_TIMING = 2;

  /** hipDeviceAttributeCanUseStreamWaitValue, the same since ROCm 5. */
  static final int CAN_USE_STREAM_WAIT_VALUE = 10_013;

  private static final int STREAM_NON_BLOCKING = 1;
  private static final int CAPTURE_RELAXED = 2;
  private static final int STREAM_CAPTURE_UNSUPPORTED = 900;
  private static final int COPY_BY_ADDRESSES = 4; // hipMemcpyDefault
  private static final int MAX_THREADS_PER_BLOCK = 0; // of hipFunction_attribute
  private static final int WAIT_VALUE_EQ = 1;
  private static final int ALL_BITS = -1;

  /** hipHostMallocPortable, Mapped and Coherent: a device's writes show while its work runs. */
  private static final int FOR_ALL_DEVICES = 1 | 2 | 0x4000_0000;

  private static final int SIGNAL_MEMORY = 2;
  static final long SIGNAL_BYTES = 8;

  private static final NativeLibrary LIBRARY =
      library(
          "the HIP runtime",
          "overtake.hip.library",
          "libamdhip64.so.7",
          "libamdhip64.so.6",
          "libamdhip64.so.5",
          "libamdhip64.so");

  private static final ValueLayout.OfInt I = JAVA_INT;
  private static final ValueLayout.OfLong P = JAVA_LONG;

  private static final MethodHandle RUNTIME_GET_VERSION = LIBRARY.bind("hipRuntimeGetVersion", P);
  private static final MethodHandle GET_ERROR_NAME = text("hipGetErrorName");
  private static final MethodHandle GET_ERROR_STRING = text("hipGetErrorString");

  private static final MethodHandle GET_DEVICE_COUNT = LIBRARY.bind("hipGetDeviceCount", P);
  private static final MethodHandle GET_DEVICE = LIBRARY.bind("hipGetDevice", P);
  private static final MethodHandle SET_DEVICE = LIBRARY.bind("hipSetDevice", I);
  private static final MethodHandle DEVICE_GET_NAME = LIBRARY.bind("hipDeviceGetName", P, I, I);
  private static final MethodHandle DEVICE_GET_PCI_BUS_ID =
      LIBRARY.bind("hipDeviceGetPCIBusId", P, I, I);
  private static final MethodHandle DEVICE_GET_ATTRIBUTE =
      LIBRARY.bind("hipDeviceGetAttribute", P, I, I);
  private static final MethodHandle DEVICE_TOTAL_MEM = LIBRARY.bind("hipDeviceTotalMem", P, I);
  private static final MethodHandle DEVICE_SYNCHRONIZE = LIBRARY.bind("hipDeviceSynchronize");

  private static final MethodHandle MEM_GET_INFO = LIBRARY.bind("hipMemGetInfo", P, P);
  private static final MethodHandle MALLOC_ASYNC = LIBRARY.bind("hipMallocAsync", P, P, P);
  private static final MethodHandle FREE_ASYNC = LIBRARY.bind("hipFreeAsync", P, P);
  private static final MethodHandle HOST_MALLOC = LIBRARY.bind("hipHostMalloc", P, P, I);
  private static final MethodHandle HOST_FREE = LIBRARY.bind("hipHostFree", P);
  private static final MethodHandle HOST_GET_DEVICE_POINTER =
      LIBRARY.bind("hipHostGetDevicePointer", P, P, I);
  private static final MethodHandle EXT_MALLOC = LIBRARY.bind("hipExtMallocWithFlags", P, P, I);
  private static final MethodHandle MEMCPY = LIBRARY.bind("hipMemcpyAsync", P, P, P, I, P);
  private static final MethodHandle MEMSET_D8 =
      LIBRARY.bind("hipMemsetD8Async", P, JAVA_BYTE, P, P);
  private static final MethodHandle MEMSET_D32 = LIBRARY.bind("hipMemsetD32Async", P, I, P, P);

  private static final MethodHandle STREAM_CREATE =
      LIBRARY.bind("hipStreamCreateWithPriority", P, I, I);
  private static final MethodHandle STREAM_DESTROY = LIBRARY.bind("hipStreamDestroy", P);
  private static final MethodHandle STREAM_GET_DEVICE = LIBRARY.bind("hipStreamGetDevice", P, P);
  private static final MethodHandle STREAM_QUERY = LIBRARY.bind("hipStreamQuery", P);
  private static final MethodHandle STREAM_SYNCHRONIZE = LIBRARY.bind("hipStreamSynchronize", P);
  private static final MethodHandle STREAM_WAIT_EVENT = LIBRARY.bind("hipStreamWaitEvent", P, P, I);
  private static final MethodHandle STREAM_WAIT_VALUE =
      LIBRARY.bind("hipStreamWaitValue32", P, P, I, I, I);
  private static final MethodHandle STREAM_WRITE_VALUE =
      LIBRARY.bind("hipStreamWriteValue32", P, P, I, I);
  private static final MethodHandle STREAM_IS_CAPTURING =
      LIBRARY.bind("hipStreamIsCapturing", P, P);
  private static final MethodHandle EXCHANGE_CAPTURE_MODE =
      LIBRARY.bind("hipThreadExchangeStreamCaptureMode", P);

  private static final MethodHandle EVENT_CREATE = LIBRARY.bind("hipEventCreateWithFlags", P, I);
  private static final MethodHandle EVENT_DESTROY = LIBRARY.bind("hipEventDestroy", P);
  private static final MethodHandle EVENT_RECORD = LIBRARY.bind("hipEventRecord", P, P);
  private static final MethodHandle EVENT_QUERY = LIBRARY.bind("hipEventQuery", P);
  private static final MethodHandle EVENT_SYNCHRONIZE = LIBRARY.bind("hipEventSynchronize", P);
  private static final MethodHandle EVENT_ELAPSED = LIBRARY.bind("hipEventElapsedTime", P, P, P);

  private static final MethodHandle MODULE_LOAD_DATA = LIBRARY.bind("hipModuleLoadData", P, P);
  private static final MethodHandle MODULE_UNLOAD = LIBRARY.bind("hipModuleUnload", P);
  private static final MethodHandle MODULE_GET_FUNCTION =
      LIBRARY.bind("hipModuleGetFunction", P, P, P);
  private static final MethodHandle FUNC_GET_ATTRIBUTE =
      LIBRARY.bind("hipFuncGetAttribute", P, I, P);
  private static final MethodHandle LAUNCH_KERNEL =
      LIBRARY.bind("hipModuleLaunchKernel", P, I, I, I, I, I, I, I, P, P, P);
  private static final MethodHandle LAUNCH_HOST_FUNC = LIBRARY.bind("hipLaunchHostFunc", P, P, P);

  private static final StatusCalls CALLS =
      new StatusCalls(HipStatusException.NOT_READY, Hip::refused);

  private Hip() {}

  /** A library of ROCm's, where ROCm, Python's packages or the loader have it. */
  static NativeLibrary library(String title, String property, String... fileNames) {
    var folders = new ArrayList<Path>();
    folders.add(Path.of("/opt/rocm/lib"));
    folders.addAll(PythonPackages.torchFolders());
    return new NativeLibrary(
        title, property, List.of(fileNames), folders, HipUnavailableException::new);
  }

  private static MethodHandle text(String function) {
    return LIBRARY.bind(function, FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  // ---- the runtime and its devices

  /** 10,000,000 * major + 100,000 * minor + patch. */
  static int version() {
    return (int)
        CALLS.read("hipRuntimeGetVersion", out -> (int) RUNTIME_GET_VERSION.invokeExact(out));
  }

  static int deviceCount() {
    return (int) CALLS.read("hipGetDeviceCount", out -> (int) GET_DEVICE_COUNT.invokeExact(out));
  }

  static String deviceName(int device) {
    return CALLS.readText(
        "hipDeviceGetName",
        (text, bytes) -> (int) DEVICE_GET_NAME.invokeExact(text, bytes, device));
  }

  static String devicePciBusId(int device) {
    return CALLS.readText(
        "hipDeviceGetPCIBusId",
        (text, bytes) -> (int) DEVICE_GET_PCI_BUS_ID.invokeExact(text, bytes, device));
  }

  static int deviceAttribute(int device, int attribute) {
    return (int)
        CALLS.read(
            "hipDeviceGetAttribute",
            out -> (int) DEVICE_GET_ATTRIBUTE.invokeExact(out, attribute, device));
  }

  static long deviceTotalBytes(int device) {
    return CALLS.read("hipDeviceTotalMem", out -> (int) DEVICE_TOTAL_MEM.invokeExact(out, device));
  }

  /** The calling thread's device: 0 in one that has never chosen any. */
  static int currentDevice() {
    MemorySegment out = StatusCalls.out();
    int status;
    try {
      status = (int) GET_DEVICE.invokeExact(out.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipGetDevice", status);
    return out.get(JAVA_INT, 0);
  }

  static void setDevice(int device) {
    int status;
    try {
      status = (int) SET_DEVICE.invokeExact(device);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipSetDevice", status);
  }

  static void synchronizeDevice() {
    CALLS.check("hipDeviceSynchronize", () -> (int) DEVICE_SYNCHRONIZE.invokeExact());
  }

  // ---- memory

  /** Bytes of the current device that nobody has allocated. */
  static long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment total = arena.allocate(JAVA_LONG);
      return CALLS.read(
          "hipMemGetInfo", out -> (int) MEM_GET_INFO.invokeExact(out, total.address()));
    }
  }

  static long allocateAsync(long bytes, long stream) {
    return CALLS.read("hipMallocAsync", out -> (int) MALLOC_ASYNC.invokeExact(out, bytes, stream));
  }

  static void freeAsync(long address, long stream) {
    CALLS.check("hipFreeAsync", () -> (int) FREE_ASYNC.invokeExact(address, stream));
  }

  /** Memory of the host that all devices can read and write. */
  static long allocateHost(long bytes) {
    return CALLS.read(
        "hipHostMalloc", out -> (int) HOST_MALLOC.invokeExact(out, bytes, FOR_ALL_DEVICES));
  }

  static void freeHost(long address) {
    CALLS.check("hipHostFree", () -> (int) HOST_FREE.invokeExact(address));
  }

  /** How the current device addresses memory of the host that it can reach. */
  static long deviceAddress(long hostAddress) {
    return CALLS.read(
        "hipHostGetDevicePointer",
        out -> (int) HOST_GET_DEVICE_POINTER.invokeExact(out, hostAddress, 0));
  }

  /** {@link #SIGNAL_BYTES} that host and device reach by one address. */
  static long allocateSignal() {
    return CALLS.read(
        "hipExtMallocWithFlags",
        out -> (int) EXT_MALLOC.invokeExact(out, SIGNAL_BYTES, SIGNAL_MEMORY));
  }

  /** From and to wherever the addresses are. */
  static void copy(long to, long from, long bytes, long stream) {
    CALLS.check(
        "hipMemcpyAsync",
        () -> (int) MEMCPY.invokeExact(to, from, bytes, COPY_BY_ADDRESSES, stream));
  }

  static void fillBytes(long address, byte value, long count, long stream) {
    CALLS.check(
        "hipMemsetD8Async", () -> (int) MEMSET_D8.invokeExact(address, value, count, stream));
  }

  static void fillInts(long address, int value, long count, long stream) {
    CALLS.check(
        "hipMemsetD32Async", () -> (int) MEMSET_D32.invokeExact(address, value, count, stream));
  }

  // ---- streams

  static long createStream(int priority) {
    return CALLS.read(
        "hipStreamCreateWithPriority",
        out -> (int) STREAM_CREATE.invokeExact(out, STREAM_NON_BLOCKING, priority));
  }

  static void destroyStream(long stream) {
    CALLS.check("hipStreamDestroy", () -> (int) STREAM_DESTROY.invokeExact(stream));
  }

  /** Whether {@link #streamDevice} can be asked: not of the first of ROCm 5. */
  static boolean knowsStreamsDevice() {
    return LIBRARY.has("hipStreamGetDevice");
  }

  static int streamDevice(long stream) {
    return (int)
        CALLS.read("hipStreamGetDevice", out -> (int) STREAM_GET_DEVICE.invokeExact(stream, out));
  }

  /** Whether everything in the stream has been done. */
  static boolean isStreamDone(long stream) {
    return CALLS.isDone("hipStreamQuery", () -> (int) STREAM_QUERY.invokeExact(stream));
  }

  static void synchronizeStream(long stream) {
    CALLS.check("hipStreamSynchronize", () -> (int) STREAM_SYNCHRONIZE.invokeExact(stream));
  }

  static void streamWaitEvent(long stream, long event) {
    CALLS.check("hipStreamWaitEvent", () -> (int) STREAM_WAIT_EVENT.invokeExact(stream, event, 0));
  }

  /** What comes behind this in the stream waits until the word has the value. */
  static void waitValue(long stream, long address, int value) {
    int status;
    try {
      status = (int) STREAM_WAIT_VALUE.invokeExact(stream, address, value, WAIT_VALUE_EQ, ALL_BITS);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipStreamWaitValue32", status);
  }

  static void writeValue(long stream, long address, int value) {
    int status;
    try {
      status = (int) STREAM_WRITE_VALUE.invokeExact(stream, address, value, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipStreamWriteValue32", status);
  }

  /**
   * Throws if the stream is being captured: a call that would become a part of that, or would end
   * it, is refused like one that the runtime itself refuses.
   */
  static void requireNoCapture(long stream) {
    MemorySegment out = StatusCalls.out();
    int status;
    try {
      status = (int) STREAM_IS_CAPTURING.invokeExact(stream, out.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipStreamIsCapturing", status);
    if (out.get(JAVA_INT, 0) != 0) {
      CALLS.check("hipStreamIsCapturing", STREAM_CAPTURE_UNSUPPORTED);
    }
  }

  /** What the calling thread does from now on is no matter to captures of other threads. */
  static void ignoreCaptures() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mode = arena.allocateFrom(JAVA_INT, CAPTURE_RELAXED);
      CALLS.check(
          "hipThreadExchangeStreamCaptureMode",
          () -> (int) EXCHANGE_CAPTURE_MODE.invokeExact(mode.address()));
    }
  }

  // ---- events

  static long createEvent(int flags) {
    return CALLS.read("hipEventCreate", out -> (int) EVENT_CREATE.invokeExact(out, flags));
  }

  static void destroyEvent(long event) {
    CALLS.check("hipEventDestroy", () -> (int) EVENT_DESTROY.invokeExact(event));
  }

  static void recordEvent(long event, long stream) {
    int status;
    try {
      status = (int) EVENT_RECORD.invokeExact(event, stream);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipEventRecord", status);
  }

  /** Whether what stood before the event when it was recorded has been done. */
  static boolean isEventDone(long event) {
    return CALLS.isDone("hipEventQuery", () -> (int) EVENT_QUERY.invokeExact(event));
  }

  static void synchronizeEvent(long event) {
    CALLS.check("hipEventSynchronize", () -> (int) EVENT_SYNCHRONIZE.invokeExact(event));
  }

  static float elapsedMillis(long start, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment millis = arena.allocate(JAVA_FLOAT);
      CALLS.check(
          "hipEventElapsedTime",
          () -> (int) EVENT_ELAPSED.invokeExact(millis.address(), start, end));
      return millis.get(JAVA_FLOAT, 0);
    }
  }

  // ---- modules and kernels

  /**
   * @param image a code object or a bundle of them
   */
  static long loadModule(MemorySegment image) {
    return CALLS.read(
        "hipModuleLoadData", out -> (int) MODULE_LOAD_DATA.invokeExact(out, image.address()));
  }

  static void unloadModule(long module) {
    CALLS.check("hipModuleUnload", () -> (int) MODULE_UNLOAD.invokeExact(module));
  }

  static long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return CALLS.read(
          "hipModuleGetFunction",
          out -> (int) MODULE_GET_FUNCTION.invokeExact(out, module, text.address()));
    }
  }

  static int mostThreadsPerBlock(long function) {
    return (int)
        CALLS.read(
            "hipFuncGetAttribute",
            out -> (int) FUNC_GET_ATTRIBUTE.invokeExact(out, MAX_THREADS_PER_BLOCK, function));
  }

  /**
   * @param parameters the address of an array of pointers to the parameters' values
   */
  static void launchKernel(long function, LaunchShape shape, long stream, long parameters) {
    int status;
    try {
      status =
          (int)
              LAUNCH_KERNEL.invokeExact(
                  function,
                  shape.gridX(),
                  shape.gridY(),
                  shape.gridZ(),
                  shape.blockX(),
                  shape.blockY(),
                  shape.blockZ(),
                  shape.sharedBytes(),
                  stream,
                  parameters,
                  0L);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("hipModuleLaunchKernel", status);
  }

  /**
   * @param function the address of a C function that takes a pointer
   * @param argument what it is given
   */
  static void launchHostFunction(long stream, long function, long argument) {
    CALLS.check(
        "hipLaunchHostFunc", () -> (int) LAUNCH_HOST_FUNC.invokeExact(stream, function, argument));
  }

  // ---- what a status says

  private static HipStatusException refused(String function, int status) {
    return new HipStatusException(
        function, status, text(GET_ERROR_NAME, status), text(GET_ERROR_STRING, status));
  }

  @SuppressWarnings("restricted") // a constant string that ends with a zero
  private static String text(MethodHandle function, int status) {
    try {
      MemorySegment text = (MemorySegment) function.invokeExact(status);
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
