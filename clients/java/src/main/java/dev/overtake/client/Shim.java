package dev.overtake.client;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandleProxies;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * The functions of {@code overtake.h}, about the calling thread. Overtake's library was loaded
 * before the JVM or never will be, so each is looked for once; in place of one that is not there
 * stands one that does nothing. Thread-safe.
 */
final class Shim {
  // errno.h of Linux, on every machine for which there is a JDK 25.
  private static final int ENOENT = 2;
  private static final int ENOSYS = 38;

  private static final IntSupplier ACTIVE = find("overtake_active", IntSupplier.class, () -> 0);
  private static final IntUnaryOperator SET =
      find("overtake_thread_priority_set", IntUnaryOperator.class, _ -> ENOSYS, JAVA_INT);
  private static final IntSupplier CLEAR =
      find("overtake_thread_priority_clear", IntSupplier.class, () -> ENOSYS);

  @SuppressWarnings("unchecked") // A class literal has no type argument; the descriptor has it.
  private static final ToIntFunction<MemorySegment> GET =
      find("overtake_thread_priority_get", ToIntFunction.class, _ -> ENOSYS, ADDRESS);

  private Shim() {}

  static boolean isActive() {
    return ACTIVE.getAsInt() == 1;
  }

  static void setThreadPriority(int priority) {
    boolean _ = isDone(SET.applyAsInt(priority));
  }

  /** Nothing if the thread was given none. */
  static Optional<Integer> threadPriority() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment priority = arena.allocate(JAVA_INT);
      int status = GET.applyAsInt(priority);
      return status != ENOENT && isDone(status)
          ? Optional.of(priority.get(JAVA_INT, 0))
          : Optional.empty();
    }
  }

  static void clearThreadPriority() {
    boolean _ = isDone(CLEAR.getAsInt());
  }

  /** False if the process is not scheduled, and nothing was to be done. */
  private static boolean isDone(int status) {
    if (status != 0 && status != ENOSYS) {
      throw new IllegalStateException(
          "Overtake's library refused a hint with error %d of errno.h".formatted(status));
    }
    return status == 0;
  }

  /** The C function of this name that returns an int, or what stands in for it. */
  @SuppressWarnings({"restricted", "unchecked"}) // Signatures: overtake.h's, dlfcn.h's. As above.
  private static <F> F find(String name, Class<F> type, F absent, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    // The linker's own look-up ends at the C library; dlsym sees what was preloaded, too.
    Optional<MemorySegment> dlsym = linker.defaultLookup().find("dlsym");
    if (dlsym.isEmpty()) {
      return absent; // a system for which there is no library of Overtake's
    }
    BinaryOperator<MemorySegment> lookup =
        MethodHandleProxies.asInterfaceInstance(
            BinaryOperator.class,
            linker.downcallHandle(dlsym.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS)));
    MemorySegment function;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment everywhere = MemorySegment.NULL; // RTLD_DEFAULT
      function = lookup.apply(everywhere, arena.allocateFrom(name));
    }
    return function.equals(MemorySegment.NULL)
        ? absent
        : MethodHandleProxies.asInterfaceInstance(
            type, linker.downcallHandle(function, FunctionDescriptor.of(JAVA_INT, parameters)));
  }
}
