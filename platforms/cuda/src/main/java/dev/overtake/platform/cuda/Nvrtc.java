package dev.overtake.platform.cuda;

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
import java.util.ArrayList;
import java.util.List;

/**
 * NVRTC (nvrtc.h), NVIDIA's compiler as a library: CUDA C++ in, a cubin for one architecture out. A
 * cubin, and not PTX, since a driver that is older than the compiler may not know its PTX.
 */
final class Nvrtc {
  private static final int COMPILATION_FAILED = 6;

  private static final NativeLibrary LIBRARY =
      new NativeLibrary(
          "NVRTC, which compiles kernels (pip install nvidia-cuda-nvrtc brings it),",
          "overtake.cuda.nvrtc",
          List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"),
          Toolkit.folders(),
          CudaUnavailableException::new);

  private static final MethodHandle CREATE_PROGRAM =
      LIBRARY.bind("nvrtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle COMPILE_PROGRAM =
      LIBRARY.bind("nvrtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle DESTROY_PROGRAM = LIBRARY.bind("nvrtcDestroyProgram", ADDRESS);
  private static final MethodHandle GET_LOG_SIZE =
      LIBRARY.bind("nvrtcGetProgramLogSize", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_LOG =
      LIBRARY.bind("nvrtcGetProgramLog", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_CUBIN_SIZE =
      LIBRARY.bind("nvrtcGetCUBINSize", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_CUBIN = LIBRARY.bind("nvrtcGetCUBIN", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_ERROR_STRING =
      LIBRARY.bind("nvrtcGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Nvrtc() {}

  /** See {@link CudaContext#compile}. */
  static byte[] compile(String name, String source, int computeCapability, String... options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(JAVA_LONG);
      MemorySegment none = MemorySegment.NULL;
      check(
          "nvrtcCreateProgram",
          (int)
              CREATE_PROGRAM.invokeExact(
                  handle, arena.allocateFrom(source), arena.allocateFrom(name), 0, none, none));
      try {
        return compile(arena, handle.get(JAVA_LONG, 0), name, computeCapability, options);
      } finally {
        check("nvrtcDestroyProgram", (int) DESTROY_PROGRAM.invokeExact(handle));
      }
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static byte[] compile(
      Arena arena, long program, String name, int computeCapability, String... options)
      throws Throwable {
    var all = new ArrayList<String>();
    all.add("--gpu-architecture=sm_" + computeCapability);
    all.addAll(List.of(options));
    MemorySegment list = arena.allocate(ADDRESS, all.size());
    for (int i = 0; i < all.size(); i++) {
      list.setAtIndex(ADDRESS, i, arena.allocateFrom(all.get(i)));
    }
    int status = (int) COMPILE_PROGRAM.invokeExact(program, all.size(), list);
    if (status == COMPILATION_FAILED) {
      byte[] log = read(arena, program, "nvrtcGetProgramLog", GET_LOG_SIZE, GET_LOG);
      throw new KernelCompilationException(
          name, new String(log, 0, Math.max(0, log.length - 1), StandardCharsets.UTF_8));
    }
    check("nvrtcCompileProgram", status);
    return read(arena, program, "nvrtcGetCUBIN", GET_CUBIN_SIZE, GET_CUBIN);
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
      throw new LibraryStatusException(
          function, status, text.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }
}
