package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Why the system's loader does not load a library: the JVM asks it and keeps the answer. */
final class NativeLoader {
  private static final int RTLD_LAZY = 1;
  private static final long LONGEST = 4096; // PATH_MAX, and some words

  private NativeLoader() {}

  /** What it says; empty if there is no such file, or it is loaded after all. */
  @SuppressWarnings("restricted") // void *dlopen(const char *, int), char *dlerror(void)
  static Optional<String> complaint(String file) {
    Linker linker = Linker.nativeLinker();
    MethodHandle dlopen =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dlopen"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    MethodHandle dlerror =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dlerror"), FunctionDescriptor.of(ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      var library = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(file), RTLD_LAZY);
      var said = (MemorySegment) dlerror.invokeExact();
      if (library.address() != 0 || said.address() == 0) {
        return Optional.empty();
      }
      String text = said.reinterpret(LONGEST).getString(0);
      return text.startsWith(file + ": cannot open shared object file: No such file")
          ? Optional.empty()
          : Optional.of(text);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
