package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The environment as libraries see it: Java has a copy of it that cannot be changed. */
public final class NativeEnvironment {
  private NativeEnvironment() {}

  /** Changes it for what reads it from here on, unless somebody has said something else. */
  @SuppressWarnings("restricted") // int setenv(const char *, const char *, int) of the C library
  public static void setUnlessSet(String variable, String value) {
    Linker linker = Linker.nativeLinker();
    MethodHandle setenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int _ = (int) setenv.invokeExact(arena.allocateFrom(variable), arena.allocateFrom(value), 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
