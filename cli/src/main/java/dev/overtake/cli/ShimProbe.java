package dev.overtake.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A program that says whether the shim was preloaded into it, as a program would find out: by
 * asking for its function. {@link Doctor} starts it with LD_PRELOAD.
 */
final class ShimProbe {
  private ShimProbe() {}

  /** Prints the version of the shim's interface, or 0 if there is no shim. */
  @SuppressWarnings("restricted") // what this class is for
  public static void main(String[] args) throws Throwable {
    Linker linker = Linker.nativeLinker();
    var dlsym =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dlsym"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      var name = arena.allocateFrom("overtake_version");
      var function = (MemorySegment) dlsym.invokeExact(MemorySegment.NULL, name); // RTLD_DEFAULT
      int version =
          function.equals(MemorySegment.NULL)
              ? 0
              : (int)
                  linker
                      .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT))
                      .invokeExact();
      System.out.println(version);
    }
  }
}
