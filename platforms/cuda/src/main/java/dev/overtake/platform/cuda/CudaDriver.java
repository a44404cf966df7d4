package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.StatusCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * The CUDA driver API (cuda.h), as far as it is used here, and nothing else: no class but this one
 * knows a function of it. Handles, addresses and sizes are longs, which are passed as a C pointer
 * is. Every status but CUDA_SUCCESS becomes a {@link CudaStatusException}; the few calls for which
 * another one is an answer say so.
 *
 * <p>Names are those that the library exports: where cuda.h has a macro (cuMemAlloc is
 * cuMemAlloc_v2), the versioned one. None is newer than CUDA 11.8 but those that {@link #has} is
 * asked about.
 *
 * <p>What a launch needs ({@link #launchKernel}, {@link #batchMemOp}, {@link #recordEvent}, {@link
 * #requireNoCapture}, {@link #currentContext}, {@link #setCurrentContext}) allocates nothing.
 * Thread-safe.
 */
final class CudaDriver {
  /** What a driver has to support at least, as {@link #version} counts. */
  static final int OLDEST_VERSION = 11080;

  static final int NOT_READY = 600;
  private static final int STREAM_CAPTURE_UNSUPPORTED = 900;
  static final int INVALID_VALUE = 1;
  private static final int NOT_INITIALIZED = 3;
  static final long LEGACY_STREAM = 1;
  static final long PER_THREAD_STREAM = 2;

  static final int STREAM_NON_BLOCKING = 1;
  static final int EVENT_DISABLE_TIMING = 2;
  static final int CAPTURE_THREAD_LOCAL = 1;
  static final int CAPTURE_RELAXED = 2;

  // CUdevice_attribute
  static final int ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
  static final int ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;

  // CUfunction_attribute
  static final int FUNCTION_MAX_THREADS_PER_BLOCK = 0;

  /** CU_MEMHOSTALLOC_PORTABLE and _DEVICEMAP, which are CU_MEMHOSTREGISTER_… too. */
  private static final int FOR_ALL_DEVICES = 1 | 2;

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "the CUDA driver",
          "overtake.cuda.driver",
          List.of("libcuda.so.1"),
          List.of(
              Path.of("/usr/lib/x86_64-linux-gnu"),
              Path.of("/usr/lib/aarch64-linux-gnu"),
              Path.of("/usr/lib64"),
              Path.of("/usr/local/nvidia/lib64"),
              Path.of("/usr/lib/wsl/lib"),
              Path.of("/run/opengl-driver/lib")),
          CudaUnavailableException::new);

  private static final ValueLayout.OfInt I = JAVA_INT;
  private static final ValueLayout.OfLong P = JAVA_LONG;

  private static final MethodHandle INIT = LIBRARY.bind("cuInit", I);
  private static final MethodHandle DRIVER_GET_VERSION = LIBRARY.bind("cuDriverGetVersion", P);
  private static final MethodHandle GET_ERROR_NAME = LIBRARY.bind("cuGetErrorName", I, P);
  private static final MethodHandle GET_ERROR_STRING = LIBRARY.bind("cuGetErrorString", I, P);

  private static final MethodHandle DEVICE_GET_COUNT = LIBRARY.bind("cuDeviceGetCount", P);
  private static final MethodHandle DEVICE_GET_NAME = LIBRARY.bind("cuDeviceGetName", P, I, I);
  private static final MethodHandle DEVICE_GET_PCI_BUS_ID =
      LIBRARY.bind("cuDeviceGetPCIBusId", P, I, I);
  private static final MethodHandle DEVICE_GET_ATTRIBUTE =
      LIBRARY.bind("cuDeviceGetAttribute", P, I, I);
  private static final MethodHandle DEVICE_TOTAL_MEM = LIBRARY.bind("cuDeviceTotalMem_v2", P, I);

  private static final MethodHandle PRIMARY_RETAIN = LIBRARY.bind("cuDevicePrimaryCtxRetain", P, I);
  private static final MethodHandle PRIMARY_RELEASE =
      LIBRARY.bind("cuDevicePrimaryCtxRelease_v2", I);
  private static final MethodHandle CTX_CREATE = LIBRARY.bind("cuCtxCreate_v2", P, I, I);
  private static final MethodHandle CTX_DESTROY = LIBRARY.bind("cuCtxDestroy_v2", P);
  private static final MethodHandle CTX_GET_CURRENT = LIBRARY.bind("cuCtxGetCurrent", P);
  private static final MethodHandle CTX_SET_CURRENT = LIBRARY.bind("cuCtxSetCurrent", P);
  private static final MethodHandle CTX_POP_CURRENT = LIBRARY.bind("cuCtxPopCurrent_v2", P);
  private static final MethodHandle CTX_GET_DEVICE = LIBRARY.bind("cuCtxGetDevice", P);
  private static final MethodHandle CTX_GET_ID = LIBRARY.bind("cuCtxGetId", P, P);
  private static final MethodHandle CTX_SYNCHRONIZE = LIBRARY.bind("cuCtxSynchronize");

  private static final MethodHandle MEM_GET_INFO = LIBRARY.bind("cuMemGetInfo_v2", P, P);
  private static final MethodHandle MEM_ALLOC_ASYNC = LIBRARY.bind("cuMemAllocAsync", P, P, P);
  private static final MethodHandle MEM_FREE_ASYNC = LIBRARY.bind("cuMemFreeAsync", P, P);
  private static final MethodHandle MEM_HOST_ALLOC = LIBRARY.bind("cuMemHostAlloc", P, P, I);
  private static final MethodHandle MEM_FREE_HOST = LIBRARY.bind("cuMemFreeHost", P);
  private static final MethodHandle MEM_HOST_REGISTER =
      LIBRARY.bind("cuMemHostRegister_v2", P, P, I);
  private static final MethodHandle MEM_HOST_UNREGISTER = LIBRARY.bind("cuMemHostUnregister", P);
  private static final MethodHandle MEM_HOST_GET_DEVICE_POINTER =
      LIBRARY.bind("cuMemHostGetDevicePointer_v2", P, P, I);
  private static final MethodHandle MEMCPY_HTOD = LIBRARY.bind("cuMemcpyHtoDAsync_v2", P, P, P, P);
  private static final MethodHandle MEMCPY_DTOH = LIBRARY.bind("cuMemcpyDtoHAsync_v2", P, P, P, P);
  private static final MethodHandle MEMCPY_DTOD = LIBRARY.bind("cuMemcpyDtoDAsync_v2", P, P, P, P);
  private static final MethodHandle MEMCPY_PEER =
      LIBRARY.bind("cuMemcpyPeerAsync", P, P, P, P, P, P);
  private static final MethodHandle MEMSET_D8 = LIBRARY.bind("cuMemsetD8Async", P, JAVA_BYTE, P, P);
  private static final MethodHandle MEMSET_D32 = LIBRARY.bind("cuMemsetD32Async", P, I, P, P);

  private static final MethodHandle STREAM_CREATE =
      LIBRARY.bind("cuStreamCreateWithPriority", P, I, I);
  private static final MethodHandle STREAM_DESTROY = LIBRARY.bind("cuStreamDestroy_v2", P);
  private static final MethodHandle STREAM_GET_CTX = LIBRARY.bind("cuStreamGetCtx", P, P);
  private static final MethodHandle STREAM_QUERY = LIBRARY.bind("cuStreamQuery", P);
  private static final MethodHandle STREAM_SYNCHRONIZE = LIBRARY.bind("cuStreamSynchronize", P);
  private static final MethodHandle STREAM_WAIT_EVENT = LIBRARY.bind("cuStreamWaitEvent", P, P, I);
  private static final MethodHandle STREAM_BATCH_MEM_OP =
      LIBRARY.bind("cuStreamBatchMemOp_v2", P, I, P, I);
  private static final MethodHandle STREAM_BEGIN_CAPTURE =
      LIBRARY.bind("cuStreamBeginCapture_v2", P, I);
  private static final MethodHandle STREAM_END_CAPTURE = LIBRARY.bind("cuStreamEndCapture", P, P);
  private static final MethodHandle STREAM_IS_CAPTURING = LIBRARY.bind("cuStreamIsCapturing", P, P);
  private static final MethodHandle EXCHANGE_CAPTURE_MODE =
      LIBRARY.bind("cuThreadExchangeStreamCaptureMode", P);

  private static final MethodHandle EVENT_CREATE = LIBRARY.bind("cuEventCreate", P, I);
  private static final MethodHandle EVENT_DESTROY = LIBRARY.bind("cuEventDestroy_v2", P);
  private static final MethodHandle EVENT_RECORD = LIBRARY.bind("cuEventRecord", P, P);
  private static final MethodHandle EVENT_QUERY = LIBRARY.bind("cuEventQuery", P);
  private static final MethodHandle EVENT_SYNCHRONIZE = LIBRARY.bind("cuEventSynchronize", P);
  private static final MethodHandle EVENT_ELAPSED = LIBRARY.bind("cuEventElapsedTime", P, P, P);

  private static final MethodHandle MODULE_LOAD_DATA = LIBRARY.bind("cuModuleLoadData", P, P);
  private static final MethodHandle MODULE_UNLOAD = LIBRARY.bind("cuModuleUnload", P);
  private static final MethodHandle MODULE_GET_FUNCTION =
      LIBRARY.bind("cuModuleGetFunction", P, P, P);
  private static final MethodHandle FUNC_GET_ATTRIBUTE =
      LIBRARY.bind("cuFuncGetAttribute", P, I, P);
  private static final MethodHandle FUNC_GET_PARAM_INFO =
      LIBRARY.bind("cuFuncGetParamInfo", P, P, P, P);
  private static final MethodHandle LAUNCH_KERNEL =
      LIBRARY.bind("cuLaunchKernel", P, I, I, I, I, I, I, I, P, P, P);
  private static final MethodHandle LAUNCH_HOST_FUNC = LIBRARY.bind("cuLaunchHostFunc", P, P, P);

  private static final MethodHandle GRAPH_DESTROY = LIBRARY.bind("cuGraphDestroy", P);
  private static final MethodHandle GRAPH_INSTANTIATE =
      LIBRARY.bind("cuGraphInstantiateWithFlags", P, P, P);
  private static final MethodHandle GRAPH_LAUNCH = LIBRARY.bind("cuGraphLaunch", P, P);
  private static final MethodHandle GRAPH_EXEC_DESTROY = LIBRARY.bind("cuGraphExecDestroy", P);

  private static final StatusCalls CALLS = new StatusCalls(NOT_READY, CudaDriver::refused);

  private CudaDriver() {}

  /** Whether the driver has a function that not every supported one has. */
  static boolean has(String function) {
    return LIBRARY.has(function);
  }

  // ---- the driver and its devices

  /** Whether somebody has initialized the driver in this process. */
  static boolean isInitialized() {
    MemorySegment out = StatusCalls.out();
    return CALLS.status(() -> (int) DEVICE_GET_COUNT.invokeExact(out.address())) != NOT_INITIALIZED;
  }

  static void initialize() {
    CALLS.check("cuInit", () -> (int) INIT.invokeExact(0));
  }

  /** 1000 * major + 10 * minor of the newest CUDA that the driver supports. */
  static int version() {
    return (int) CALLS.read("cuDriverGetVersion", out -> (int) DRIVER_GET_VERSION.invokeExact(out));
  }

  static int deviceCount() {
    return (int) CALLS.read("cuDeviceGetCount", out -> (int) DEVICE_GET_COUNT.invokeExact(out));
  }

  static String deviceName(int device) {
    return CALLS.readText(
        "cuDeviceGetName", (text, bytes) -> (int) DEVICE_GET_NAME.invokeExact(text, bytes, device));
  }

  static String devicePciBusId(int device) {
    return CALLS.readText(
        "cuDeviceGetPCIBusId",
        (text, bytes) -> (int) DEVICE_GET_PCI_BUS_ID.invokeExact(text, bytes, device));
  }

  static int deviceAttribute(int device, int attribute) {
    return (int)
        CALLS.read(
            "cuDeviceGetAttribute",
            out -> (int) DEVICE_GET_ATTRIBUTE.invokeExact(out, attribute, device));
  }

  static long deviceTotalBytes(int device) {
    return CALLS.read("cuDeviceTotalMem", out -> (int) DEVICE_TOTAL_MEM.invokeExact(out, device));
  }

  // ---- contexts

  static long retainPrimaryContext(int device) {
    return CALLS.read(
        "cuDevicePrimaryCtxRetain", out -> (int) PRIMARY_RETAIN.invokeExact(out, device));
  }

  static void releasePrimaryContext(int device) {
    CALLS.check("cuDevicePrimaryCtxRelease", () -> (int) PRIMARY_RELEASE.invokeExact(device));
  }

  /** The driver makes it current on top of what was; it is taken off again. */
  static long createContext(int device) {
    long context = CALLS.read("cuCtxCreate", out -> (int) CTX_CREATE.invokeExact(out, 0, device));
    var _ = CALLS.read("cuCtxPopCurrent", out -> (int) CTX_POP_CURRENT.invokeExact(out));
    return context;
  }

  static void destroyContext(long context) {
    CALLS.check("cuCtxDestroy", () -> (int) CTX_DESTROY.invokeExact(context));
  }

  /** The calling thread's context, or 0. */
  static long currentContext() {
    MemorySegment out = StatusCalls.out();
    int status;
    try {
      status = (int) CTX_GET_CURRENT.invokeExact(out.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cuCtxGetCurrent", status);
    return out.get(JAVA_LONG, 0);
  }

  static void setCurrentContext(long context) {
    int status;
    try {
      status = (int) CTX_SET_CURRENT.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cuCtxSetCurrent", status);
  }

  /** The device of the current context. */
  static int currentDevice() {
    return (int) CALLS.read("cuCtxGetDevice", out -> (int) CTX_GET_DEVICE.invokeExact(out));
  }

  /** A number that no other context of this process has or had; since CUDA 12.0. */
  static long contextId(long context) {
    return CALLS.read("cuCtxGetId", out -> (int) CTX_GET_ID.invokeExact(context, out));
  }

  static void synchronizeContext() {
    CALLS.check("cuCtxSynchronize", () -> (int) CTX_SYNCHRONIZE.invokeExact());
  }

  // ---- memory

  /** Bytes of the current context's device that nobody has allocated. */
  static long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment total = arena.allocate(JAVA_LONG);
      return CALLS.read(
          "cuMemGetInfo", out -> (int) MEM_GET_INFO.invokeExact(out, total.address()));
    }
  }

  static long allocateAsync(long bytes, long stream) {
    return CALLS.read(
        "cuMemAllocAsync", out -> (int) MEM_ALLOC_ASYNC.invokeExact(out, bytes, stream));
  }

  static void freeAsync(long address, long stream) {
    CALLS.check("cuMemFreeAsync", () -> (int) MEM_FREE_ASYNC.invokeExact(address, stream));
  }

  /** Memory of the host that all devices can read and write. */
  static long allocateHost(long bytes) {
    return CALLS.read(
        "cuMemHostAlloc", out -> (int) MEM_HOST_ALLOC.invokeExact(out, bytes, FOR_ALL_DEVICES));
  }

  static void freeHost(long address) {
    CALLS.check("cuMemFreeHost", () -> (int) MEM_FREE_HOST.invokeExact(address));
  }

  /** Lets all devices read and write memory of the process, from the start of a page. */
  static void registerHost(long address, long bytes) {
    CALLS.check(
        "cuMemHostRegister",
        () -> (int) MEM_HOST_REGISTER.invokeExact(address, bytes, FOR_ALL_DEVICES));
  }

  static void unregisterHost(long address) {
    CALLS.check("cuMemHostUnregister", () -> (int) MEM_HOST_UNREGISTER.invokeExact(address));
  }

  /** How the current context's device addresses memory of the host that it can reach. */
  static long deviceAddress(long hostAddress) {
    return CALLS.read(
        "cuMemHostGetDevicePointer",
        out -> (int) MEM_HOST_GET_DEVICE_POINTER.invokeExact(out, hostAddress, 0));
  }

  static void copyToDevice(long to, long from, long bytes, long stream) {
    CALLS.check("cuMemcpyHtoDAsync", () -> (int) MEMCPY_HTOD.invokeExact(to, from, bytes, stream));
  }

  static void copyToHost(long to, long from, long bytes, long stream) {
    CALLS.check("cuMemcpyDtoHAsync", () -> (int) MEMCPY_DTOH.invokeExact(to, from, bytes, stream));
  }

  static void copyOnDevice(long to, long from, long bytes, long stream) {
    CALLS.check("cuMemcpyDtoDAsync", () -> (int) MEMCPY_DTOD.invokeExact(to, from, bytes, stream));
  }

  static void copyToPeer(
      long to, long toContext, long from, long fromContext, long bytes, long stream) {
    CALLS.check(
        "cuMemcpyPeerAsync",
        () -> (int) MEMCPY_PEER.invokeExact(to, toContext, from, fromContext, bytes, stream));
  }

  static void fillBytes(long address, byte value, long count, long stream) {
    CALLS.check(
        "cuMemsetD8Async", () -> (int) MEMSET_D8.invokeExact(address, value, count, stream));
  }

  static void fillInts(long address, int value, long count, long stream) {
    CALLS.check(
        "cuMemsetD32Async", () -> (int) MEMSET_D32.invokeExact(address, value, count, stream));
  }

  // ---- streams

  static long createStream(int flags, int priority) {
    return CALLS.read(
        "cuStreamCreateWithPriority", out -> (int) STREAM_CREATE.invokeExact(out, flags, priority));
  }

  static void destroyStream(long stream) {
    CALLS.check("cuStreamDestroy", () -> (int) STREAM_DESTROY.invokeExact(stream));
  }

  static long streamContext(long stream) {
    return CALLS.read("cuStreamGetCtx", out -> (int) STREAM_GET_CTX.invokeExact(stream, out));
  }

  /** Whether everything in the stream has been done. */
  static boolean isStreamDone(long stream) {
    return CALLS.isDone("cuStreamQuery", () -> (int) STREAM_QUERY.invokeExact(stream));
  }

  static void synchronizeStream(long stream) {
    CALLS.check("cuStreamSynchronize", () -> (int) STREAM_SYNCHRONIZE.invokeExact(stream));
  }

  static void streamWaitEvent(long stream, long event) {
    CALLS.check("cuStreamWaitEvent", () -> (int) STREAM_WAIT_EVENT.invokeExact(stream, event, 0));
  }

  /**
   * @param operations the address of an array of CUstreamBatchMemOpParams
   */
  static void batchMemOp(long stream, int count, long operations) {
    int status;
    try {
      status = (int) STREAM_BATCH_MEM_OP.invokeExact(stream, count, operations, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cuStreamBatchMemOp", status);
  }

  static void beginCapture(long stream, int mode) {
    CALLS.check("cuStreamBeginCapture", () -> (int) STREAM_BEGIN_CAPTURE.invokeExact(stream, mode));
  }

  static long endCapture(long stream) {
    return CALLS.read(
        "cuStreamEndCapture", out -> (int) STREAM_END_CAPTURE.invokeExact(stream, out));
  }

  /**
   * Throws if the stream is being captured: a call that would become a part of that, or would end
   * it, is refused like one that the driver itself refuses.
   */
  static void requireNoCapture(long stream) {
    MemorySegment out = StatusCalls.out();
    int status;
    try {
      status = (int) STREAM_IS_CAPTURING.invokeExact(stream, out.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cuStreamIsCapturing", status);
    if (out.get(JAVA_INT, 0) != 0) {
      CALLS.check("cuStreamIsCapturing", STREAM_CAPTURE_UNSUPPORTED);
    }
  }

  /** What the calling thread does from now on is no matter to captures of other threads. */
  static void ignoreCaptures() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mode = arena.allocateFrom(JAVA_INT, CAPTURE_RELAXED);
      CALLS.check(
          "cuThreadExchangeStreamCaptureMode",
          () -> (int) EXCHANGE_CAPTURE_MODE.invokeExact(mode.address()));
    }
  }

  // ---- events

  static long createEvent(int flags) {
    return CALLS.read("cuEventCreate", out -> (int) EVENT_CREATE.invokeExact(out, flags));
  }

  static void destroyEvent(long event) {
    CALLS.check("cuEventDestroy", () -> (int) EVENT_DESTROY.invokeExact(event));
  }

  static void recordEvent(long event, long stream) {
    int status;
    try {
      status = (int) EVENT_RECORD.invokeExact(event, stream);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("cuEventRecord", status);
  }

  /** Whether what stood before the event when it was recorded has been done. */
  static boolean isEventDone(long event) {
    return CALLS.isDone("cuEventQuery", () -> (int) EVENT_QUERY.invokeExact(event));
  }

  static void synchronizeEvent(long event) {
    CALLS.check("cuEventSynchronize", () -> (int) EVENT_SYNCHRONIZE.invokeExact(event));
  }

  static float elapsedMillis(long start, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment millis = arena.allocate(JAVA_FLOAT);
      CALLS.check(
          "cuEventElapsedTime",
          () -> (int) EVENT_ELAPSED.invokeExact(millis.address(), start, end));
      return millis.get(JAVA_FLOAT, 0);
    }
  }

  // ---- modules and kernels

  /**
   * @param image PTX, ended by a zero, or a cubin or fatbin
   */
  static long loadModule(MemorySegment image) {
    return CALLS.read(
        "cuModuleLoadData", out -> (int) MODULE_LOAD_DATA.invokeExact(out, image.address()));
  }

  static void unloadModule(long module) {
    CALLS.check("cuModuleUnload", () -> (int) MODULE_UNLOAD.invokeExact(module));
  }

  static long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return CALLS.read(
          "cuModuleGetFunction",
          out -> (int) MODULE_GET_FUNCTION.invokeExact(out, module, text.address()));
    }
  }

  static int functionAttribute(long function, int attribute) {
    return (int)
        CALLS.read(
            "cuFuncGetAttribute",
            out -> (int) FUNC_GET_ATTRIBUTE.invokeExact(out, attribute, function));
  }

  /** Bytes of a function's parameter, or -1 if it has none of this number. Since CUDA 12.4. */
  static long parameterBytes(long function, long index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocate(JAVA_LONG);
      MemorySegment bytes = arena.allocate(JAVA_LONG);
      int status =
          CALLS.status(
              () ->
                  (int)
                      FUNC_GET_PARAM_INFO.invokeExact(
                          function, index, offset.address(), bytes.address()));
      if (status == INVALID_VALUE) {
        return -1;
      }
      CALLS.check("cuFuncGetParamInfo", status);
      return bytes.get(JAVA_LONG, 0);
    }
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
    CALLS.check("cuLaunchKernel", status);
  }

  /**
   * @param function the address of a C function that takes a pointer
   * @param argument what it is given
   */
  static void launchHostFunction(long stream, long function, long argument) {
    CALLS.check(
        "cuLaunchHostFunc", () -> (int) LAUNCH_HOST_FUNC.invokeExact(stream, function, argument));
  }

  // ---- graphs

  static void destroyGraph(long graph) {
    CALLS.check("cuGraphDestroy", () -> (int) GRAPH_DESTROY.invokeExact(graph));
  }

  static long instantiate(long graph) {
    return CALLS.read(
        "cuGraphInstantiate", out -> (int) GRAPH_INSTANTIATE.invokeExact(out, graph, 0L));
  }

  static void launchGraph(long executable, long stream) {
    CALLS.check("cuGraphLaunch", () -> (int) GRAPH_LAUNCH.invokeExact(executable, stream));
  }

  static void destroyExecutable(long executable) {
    CALLS.check("cuGraphExecDestroy", () -> (int) GRAPH_EXEC_DESTROY.invokeExact(executable));
  }

  // ---- what a status says

  private static CudaStatusException refused(String function, int status) {
    return new CudaStatusException(
        function, status, text(GET_ERROR_NAME, status), text(GET_ERROR_STRING, status));
  }

  @SuppressWarnings("restricted") // the driver gives a string that ends with a zero
  private static String text(MethodHandle function, int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int found = CALLS.status(() -> (int) function.invokeExact(status, out.address()));
      return found == 0
          ? MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(Long.MAX_VALUE).getString(0)
          : "status " + status;
    }
  }
}
