package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.StatusCalls;
import dev.overtake.driver.StatusCalls.ReadingCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The OpenCL API (cl.h, version 1.2) of the ICD loader, as far as it is used here, and nothing
 * else: no class but this one knows a function of it. Handles, addresses and sizes are longs. Every
 * status but CL_SUCCESS becomes an {@link OpenClStatusException}.
 *
 * <p>What a launch needs ({@link #enqueueKernel}, {@link #flush}, {@link #createUserEvent}) and
 * what its end does ({@link #eventStatus}, {@link #makeVisible}, {@link #completeUserEvent}, {@link
 * #retain}, {@link #release}) allocates nothing. Thread-safe.
 */
final class OpenCl {
  /** The execution status of a command that has come to its end; below it: with an error. */
  static final int COMPLETE = 0;

  static final long OUT_OF_ORDER = 1;

  private static final int PLATFORM_NAME = 0x0902;
  private static final int DEVICE_NAME = 0x102B;
  private static final int DEVICE_TYPE = 0x1000;
  private static final long DEVICE_TYPE_CPU = 1L << 1;
  private static final long DEVICE_TYPE_ALL = 0xFFFFFFFFL;
  private static final long READ_WRITE = 1;
  private static final int EVENT_STATUS = 0x11D3;
  private static final int BUILD_LOG = 0x1183;

  /** What the loader and drivers say where there is none. */
  private static final int NO_DEVICE = -1;

  private static final int NO_PLATFORM = -1001;

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "the OpenCL ICD loader (apt-get install ocl-icd-libopencl1)",
          "overtake.opencl",
          List.of("libOpenCL.so.1"),
          List.of(),
          OpenClUnavailableException::new);

  private static final MemoryLayout I = JAVA_INT;
  private static final MemoryLayout P = JAVA_LONG;

  private static final MethodHandle GET_PLATFORMS = status("clGetPlatformIDs", I, P, P);
  private static final MethodHandle GET_DEVICES = status("clGetDeviceIDs", P, P, I, P, P);
  private static final MethodHandle PLATFORM_INFO = status("clGetPlatformInfo", P, I, P, P, P);
  private static final MethodHandle DEVICE_INFO = status("clGetDeviceInfo", P, I, P, P, P);
  private static final MethodHandle CREATE_CONTEXT = handle("clCreateContext", P, I, P, P, P, P);
  private static final MethodHandle CREATE_QUEUE = handle("clCreateCommandQueue", P, P, P, P);
  private static final MethodHandle CREATE_BUFFER = handle("clCreateBuffer", P, P, P, P, P);
  private static final MethodHandle CREATE_PROGRAM =
      handle("clCreateProgramWithSource", P, I, P, P, P);
  private static final MethodHandle BUILD_PROGRAM = status("clBuildProgram", P, I, P, P, P, P);
  private static final MethodHandle BUILD_INFO = status("clGetProgramBuildInfo", P, P, I, P, P, P);
  private static final MethodHandle CREATE_KERNEL = handle("clCreateKernel", P, P, P);
  private static final MethodHandle SET_ARGUMENT = status("clSetKernelArg", P, I, P, P);
  private static final MethodHandle ENQUEUE_KERNEL =
      status("clEnqueueNDRangeKernel", P, P, I, P, P, P, I, P, P);
  private static final MethodHandle ENQUEUE_READ =
      status("clEnqueueReadBuffer", P, P, I, P, P, P, I, P, P);
  private static final MethodHandle ENQUEUE_WRITE =
      status("clEnqueueWriteBuffer", P, P, I, P, P, P, I, P, P);
  private static final MethodHandle ENQUEUE_COPY =
      status("clEnqueueCopyBuffer", P, P, P, P, P, P, I, P, P);
  private static final MethodHandle ENQUEUE_FILL =
      status("clEnqueueFillBuffer", P, P, P, P, P, P, I, P, P);
  private static final MethodHandle FLUSH = status("clFlush", P);
  private static final MethodHandle EVENT_INFO = status("clGetEventInfo", P, I, P, P, P);
  private static final MethodHandle WAIT = status("clWaitForEvents", I, P);
  private static final MethodHandle CREATE_USER_EVENT = handle("clCreateUserEvent", P, P);
  private static final MethodHandle SET_USER_EVENT = status("clSetUserEventStatus", P, I);

  /** The kinds of objects that are counted by who refers to them. */
  enum Kind {
    CONTEXT("Context"),
    QUEUE("CommandQueue"),
    PROGRAM("Program"),
    KERNEL("Kernel"),
    BUFFER("MemObject"),
    EVENT("Event");

    private final String retainName;
    private final String releaseName;
    private final MethodHandle retain;
    private final MethodHandle release;

    Kind(String name) {
      retainName = "clRetain" + name;
      releaseName = "clRelease" + name;
      retain = OpenCl.status(retainName, P);
      release = OpenCl.status(releaseName, P);
    }
  }

  private static final StatusCalls CALLS = new StatusCalls(OpenClStatusException::new);

  private interface Making {
    long handle(long status) throws Throwable;
  }

  private interface Reading {
    int status(MemorySegment to, long room, MemorySegment length) throws Throwable;
  }

  private OpenCl() {}

  private static MethodHandle status(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, parameters);
  }

  private static MethodHandle handle(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, FunctionDescriptor.of(JAVA_LONG, parameters));
  }

  // ---- platforms and devices

  /** All platforms; none if the loader finds no driver. */
  static long[] platforms() {
    return list(
        "clGetPlatformIDs",
        (to, room, count) ->
            (int) GET_PLATFORMS.invokeExact((int) room, to.address(), count.address()));
  }

  static long[] devices(long platform) {
    return list(
        "clGetDeviceIDs",
        (to, room, count) ->
            (int)
                GET_DEVICES.invokeExact(
                    platform, DEVICE_TYPE_ALL, (int) room, to.address(), count.address()));
  }

  static String platformName(long platform) {
    return text(
        "clGetPlatformInfo",
        (to, room, length) ->
            (int)
                PLATFORM_INFO.invokeExact(
                    platform, PLATFORM_NAME, room, to.address(), length.address()));
  }

  static boolean isProcessor(long device) {
    long type =
        CALLS.read(
            "clGetDeviceInfo",
            out ->
                (int) DEVICE_INFO.invokeExact(device, DEVICE_TYPE, JAVA_LONG.byteSize(), out, 0L));
    return (type & DEVICE_TYPE_CPU) != 0;
  }

  static String deviceName(long device) {
    return text(
        "clGetDeviceInfo",
        (to, room, length) ->
            (int)
                DEVICE_INFO.invokeExact(device, DEVICE_NAME, room, to.address(), length.address()));
  }

  // ---- what is made, and counted

  static long createContext(long device) {
    try (Arena arena = Arena.ofConfined()) {
      long devices = arena.allocateFrom(JAVA_LONG, device).address();
      return make(
          "clCreateContext",
          status -> (long) CREATE_CONTEXT.invokeExact(0L, 1, devices, 0L, 0L, status));
    }
  }

  static long createQueue(long context, long device, long properties) {
    return make(
        "clCreateCommandQueue",
        status -> (long) CREATE_QUEUE.invokeExact(context, device, properties, status));
  }

  static long createBuffer(long context, long bytes) {
    return make(
        "clCreateBuffer",
        status -> (long) CREATE_BUFFER.invokeExact(context, READ_WRITE, bytes, 0L, status));
  }

  static long createProgram(long context, String source) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(JAVA_LONG, arena.allocateFrom(source).address()).address();
      return make(
          "clCreateProgramWithSource",
          status -> (long) CREATE_PROGRAM.invokeExact(context, 1, text, 0L, status));
    }
  }

  static void buildProgram(long program, long device) {
    try (Arena arena = Arena.ofConfined()) {
      long devices = arena.allocateFrom(JAVA_LONG, device).address();
      CALLS.check(
          "clBuildProgram", () -> (int) BUILD_PROGRAM.invokeExact(program, 1, devices, 0L, 0L, 0L));
    }
  }

  static String buildLog(long program, long device) {
    return text(
        "clGetProgramBuildInfo",
        (to, room, length) ->
            (int)
                BUILD_INFO.invokeExact(
                    program, device, BUILD_LOG, room, to.address(), length.address()));
  }

  static long createKernel(long program, String name) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(name).address();
      return make(
          "clCreateKernel", status -> (long) CREATE_KERNEL.invokeExact(program, text, status));
    }
  }

  /** The driver copies the value. */
  static void setArgument(long kernel, int index, MemorySegment value) {
    CALLS.check(
        "clSetKernelArg",
        () -> (int) SET_ARGUMENT.invokeExact(kernel, index, value.byteSize(), value.address()));
  }

  static void retain(Kind kind, long object) {
    int status;
    try {
      status = (int) kind.retain.invokeExact(object);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check(kind.retainName, status);
  }

  static void release(Kind kind, long object) {
    int status;
    try {
      status = (int) kind.release.invokeExact(object);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check(kind.releaseName, status);
  }

  // ---- commands, none of which waits; each is told its wait list and gives its event

  static long enqueueKernel(long queue, long kernel, NdRange range, int waits, long waitList) {
    MemorySegment event = StatusCalls.out();
    int status;
    try {
      status =
          (int)
              ENQUEUE_KERNEL.invokeExact(
                  queue,
                  kernel,
                  range.dimensions(),
                  0L,
                  range.global(),
                  range.local(),
                  waits,
                  waitList,
                  event.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clEnqueueNDRangeKernel", status);
    return event.get(JAVA_LONG, 0);
  }

  static long enqueueRead(long queue, long from, MemorySegment to, int waits, long waitList) {
    return CALLS.read(
        "clEnqueueReadBuffer", transfer(ENQUEUE_READ, queue, from, to, waits, waitList));
  }

  static long enqueueWrite(long queue, MemorySegment from, long to, int waits, long waitList) {
    return CALLS.read(
        "clEnqueueWriteBuffer", transfer(ENQUEUE_WRITE, queue, to, from, waits, waitList));
  }

  private static ReadingCall transfer(
      MethodHandle call, long queue, long buffer, MemorySegment host, int waits, long waitList) {
    return event ->
        (int)
            call.invokeExact(
                queue, buffer, 0, 0L, host.byteSize(), host.address(), waits, waitList, event);
  }

  static long enqueueCopy(long queue, long from, long to, long bytes, int waits, long waitList) {
    return CALLS.read(
        "clEnqueueCopyBuffer",
        event ->
            (int) ENQUEUE_COPY.invokeExact(queue, from, to, 0L, 0L, bytes, waits, waitList, event));
  }

  /** The driver copies the value. */
  static long enqueueFill(long queue, long to, byte value, long bytes, int waits, long waitList) {
    try (Arena arena = Arena.ofConfined()) {
      long pattern = arena.allocateFrom(JAVA_BYTE, value).address();
      return CALLS.read(
          "clEnqueueFillBuffer",
          event ->
              (int)
                  ENQUEUE_FILL.invokeExact(
                      queue, to, pattern, 1L, 0L, bytes, waits, waitList, event));
    }
  }

  static void flush(long queue) {
    int status;
    try {
      status = (int) FLUSH.invokeExact(queue);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clFlush", status);
  }

  // ---- events

  /** Above {@link #COMPLETE} while the command has not ended, below it if it has failed. */
  static int eventStatus(long event) {
    MemorySegment out = StatusCalls.out();
    int status;
    try {
      status =
          (int) EVENT_INFO.invokeExact(event, EVENT_STATUS, JAVA_INT.byteSize(), out.address(), 0L);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clGetEventInfo", status);
    return out.get(JAVA_INT, 0);
  }

  /**
   * Has commands that are enqueued afterwards see what a command wrote that has ended: by the
   * standard that takes a wait, and not only the status.
   */
  static void makeVisible(long event) {
    MemorySegment list = StatusCalls.out();
    list.set(JAVA_LONG, 0, event);
    int status;
    try {
      status = (int) WAIT.invokeExact(1, list.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clWaitForEvents", status);
  }

  static long createUserEvent(long context) {
    MemorySegment status = StatusCalls.out();
    long event;
    try {
      event = (long) CREATE_USER_EVENT.invokeExact(context, status.address());
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clCreateUserEvent", status.get(JAVA_INT, 0));
    return event;
  }

  static void completeUserEvent(long event) {
    int status;
    try {
      status = (int) SET_USER_EVENT.invokeExact(event, COMPLETE);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    CALLS.check("clSetUserEventStatus", status);
  }

  // ---- the rest

  /** An object that a call returns, which leaves its status where its argument points. */
  private static long make(String function, Making making) {
    MemorySegment out = StatusCalls.out();
    try {
      long made = making.handle(out.address());
      CALLS.check(function, out.get(JAVA_INT, 0));
      return made;
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static long[] list(String function, Reading reading) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_LONG);
      int status = reading.status(MemorySegment.NULL, 0, count);
      if (status == NO_DEVICE || status == NO_PLATFORM) {
        return new long[0];
      }
      CALLS.check(function, status);
      MemorySegment handles = arena.allocate(JAVA_LONG, count.get(JAVA_INT, 0));
      CALLS.check(function, reading.status(handles, count.get(JAVA_INT, 0), count));
      return handles.toArray(JAVA_LONG);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static String text(String function, Reading reading) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(JAVA_LONG);
      CALLS.check(function, reading.status(MemorySegment.NULL, 0, length));
      MemorySegment text = arena.allocate(Math.max(1, length.get(JAVA_LONG, 0)));
      CALLS.check(function, reading.status(text, text.byteSize(), length));
      return text.getString(0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
