package dev.overtake.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The functions of the shim, where it was preloaded into this process. */
final class ShimFunctions {
  private static final Linker LINKER = Linker.nativeLinker();

  private ShimFunctions() {}

  /** Looks for one as a program does, by dlsym. */
  @SuppressWarnings("restricted") // what this class is for
  static Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
    var dlsym =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("dlsym"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      var function = // RTLD_DEFAULT
          (MemorySegment) dlsym.invokeExact(MemorySegment.NULL, arena.allocateFrom(name));
      return function.equals(MemorySegment.NULL)
          ? Optional.empty()
          : Optional.of(LINKER.downcallHandle(function, descriptor));
    } catch (Throwable e) {
      throw new LinkageError("dlsym cannot be called", e); // it throws nothing
    }
  }
}
