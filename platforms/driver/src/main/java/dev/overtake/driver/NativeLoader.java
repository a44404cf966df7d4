package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Why the system's loader does not load a library: the JVM asks it and keeps the answer. */
final class NativeLoader {
  private static final int RTLD_LAZY = 1;

  private NativeLoader() {}

  /** What it says; empty if it finds no such file, or loads it after all. */
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
      String text = said.reinterpret(Long.MAX_VALUE).getString(0);
      boolean ofItself = text.startsWith(file + ": "); // Else of a library that it needs.
      boolean there = file.indexOf('/') >= 0 && Files.exists(Path.of(file));
      return ofItself && !there ? Optional.empty() : Optional.of(text);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
