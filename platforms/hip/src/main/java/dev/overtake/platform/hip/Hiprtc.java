package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * hipRTC (hiprtc.h), AMD's compiler as a library: HIP C++ in, a code object for the current device
 * out, unless an option says for which.
 */
final class Hiprtc {
  private static final int COMPILATION_FAILED = 6;

  private static final NativeLibrary LIBRARY =
      Hip.library(
          "hipRTC, which compiles kernels (ROCm has it; apt-get install hip-dev),",
          "overtake.hip.hiprtc",
          "libhiprtc.so.7",
          "libhiprtc.so.6",
          "libhiprtc.so",
          "libamdhip64.so.5"); // before ROCm 6 the runtime has it

  private static final MethodHandle CREATE_PROGRAM =
      LIBRARY.bind("hiprtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle COMPILE_PROGRAM =
      LIBRARY.bind("hiprtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle DESTROY_PROGRAM = LIBRARY.bind("hiprtcDestroyProgram", ADDRESS);
  private static final MethodHandle GET_LOG_SIZE =
      LIBRARY.bind("hiprtcGetProgramLogSize", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_LOG =
      LIBRARY.bind("hiprtcGetProgramLog", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_CODE_SIZE =
      LIBRARY.bind("hiprtcGetCodeSize", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_CODE = LIBRARY.bind("hiprtcGetCode", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_ERROR_STRING =
      LIBRARY.bind("hiprtcGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Hiprtc() {}

  /** See {@link HipDevice#compile}. */
  static byte[] compile(String name, String source, String... options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(JAVA_LONG);
      MemorySegment none = MemorySegment.NULL;
      check(
          "hiprtcCreateProgram",
          (int)
              CREATE_PROGRAM.invokeExact(
                  handle, arena.allocateFrom(source), arena.allocateFrom(name), 0, none, none));
      try {
        return compile(arena, handle.get(JAVA_LONG, 0), name, options);
      } finally {
        check("hiprtcDestroyProgram", (int) DESTROY_PROGRAM.invokeExact(handle));
      }
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static byte[] compile(Arena arena, long program, String name, String... options)
      throws Throwable {
    MemorySegment list = arena.allocate(ADDRESS, Math.max(1, options.length));
    for (int i = 0; i < options.length; i++) {
      list.setAtIndex(ADDRESS, i, arena.allocateFrom(options[i]));
    }
    int status = (int) COMPILE_PROGRAM.invokeExact(program, options.length, list);
    if (status == COMPILATION_FAILED) {
      byte[] log = read(arena, program, "hiprtcGetProgramLog", GET_LOG_SIZE, GET_LOG);
      throw new KernelCompilationException(
          name, new String(log, 0, Math.max(0, log.length - 1), StandardCharsets.UTF_8));
    }
    check("hiprtcCompileProgram", status);
    return read(arena, program, "hiprtcGetCode", GET_CODE_SIZE, GET_CODE);
  }

  private static byte[] read(
      Arena arena, long program, String function, MethodHandle getSize, MethodHandle get)
      throws Throwable {
    MemorySegment size = arena.allocate(JAVA_LONG);
    check(function + "Size", (int) getSize.invokeExact(program, size));
    MemorySegment bytes = arena.allocate(size.get(JAVA_LONG, 0));
    check(function, (int) get.invokeExact(program, bytes));
    return bytes.toArray(JAVA_BYTE);
  }

  @SuppressWarnings("restricted") // a constant string that ends with a zero
  private static void check(String function, int status) throws Throwable {
    if (status != 0) {
      MemorySegment text = (MemorySegment) GET_ERROR_STRING.invokeExact(status);
      throw new HipLibraryException(
          function, status, text.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }
}
