package dev.overtake.control.page;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * What Java has no name for in the C library of Linux: futexes, room in a file that is allocated
 * before it is written, and whether a process is there. Thread-safe.
 */
final class Libc {
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENOSPC = 28;
  static final int ETIMEDOUT = 110;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;

  private static final int O_NOFOLLOW =
      switch (System.getProperty("os.arch")) {
        case "aarch64" -> 0x8000;
        default -> 0x20000; // x86-64
      };

  private static final int FUTEX_WAIT = 0;
  private static final int FUTEX_WAKE = 1;

  private static final long SYS_FUTEX =
      switch (System.getProperty("os.arch")) {
        case "aarch64" -> 98;
        default -> 202; // x86-64
      };

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");

  private static final MethodHandle OPEN =
      bindVariadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
  private static final MethodHandle CLOSE =
      bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle POSIX_FALLOCATE =
      bind("posix_fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle KILL =
      bind("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle FUTEX =
      bindVariadic(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG),
          1);

  private Libc() {}

  private static MethodHandle bind(String name, FunctionDescriptor type) {
    return bind(name, type, WITH_ERRNO);
  }

  private static MethodHandle bindVariadic(
      String name, FunctionDescriptor type, int fixedArguments) {
    return bind(name, type, WITH_ERRNO, Linker.Option.firstVariadicArg(fixedArguments));
  }

  @SuppressWarnings("restricted") // the descriptors above are those of the C library
  private static MethodHandle bind(String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
  }

  /**
   * Makes sure that the file has its first {@code bytes} bytes, zeros where it had none; what it
   * has stays as it is, whoever writes it meanwhile. A link is not followed.
   *
   * @return 0 or the errno of what failed
   */
  static int allocate(Path file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int descriptor =
          (int)
              OPEN.invokeExact(
                  state, arena.allocateFrom(file.toString()), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
      if (descriptor < 0) {
        return errno(state);
      }
      int failure = (int) POSIX_FALLOCATE.invokeExact(state, descriptor, 0L, bytes);
      int closed = (int) CLOSE.invokeExact(state, descriptor);
      return failure != 0 ? failure : closed == 0 ? 0 : errno(state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Whether a process has this pid, were it one that has ended and that its parent has not waited
   * for, or another user's.
   *
   * @param pid above 0
   */
  static boolean hasProcess(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int noSignal = 0;
      return (int) KILL.invokeExact(state, pid, noSignal) == 0 || errno(state) != ESRCH;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Waits while the word is {@code expected}, as FUTEX_WAIT on memory that processes share.
   *
   * @param timeoutNanos at least 0
   * @return 0 or the errno, as a rule {@link #EAGAIN}, {@link #EINTR} or {@link #ETIMEDOUT}
   */
  static int futexWait(MemorySegment word, int expected, long timeoutNanos) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment timeout = arena.allocate(JAVA_LONG, 2); // struct timespec
      timeout.setAtIndex(JAVA_LONG, 0, timeoutNanos / 1_000_000_000);
      timeout.setAtIndex(JAVA_LONG, 1, timeoutNanos % 1_000_000_000);
      return futex(state, word, FUTEX_WAIT, expected, timeout) < 0 ? errno(state) : 0;
    }
  }

  /** Wakes all that wait on the word, in whatever process; returns how many that were. */
  static int futexWake(MemorySegment word) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      return (int) futex(state, word, FUTEX_WAKE, Integer.MAX_VALUE, MemorySegment.NULL);
    }
  }

  private static long futex(
      MemorySegment state, MemorySegment word, int operation, int value, MemorySegment timeout) {
    try {
      return (long)
          FUTEX.invokeExact(
              state,
              SYS_FUTEX,
              word,
              (long) operation,
              (long) value,
              timeout,
              MemorySegment.NULL,
              0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** A downcall declares Throwable and throws nothing by itself. */
  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed in the JVM", e);
  }
}
