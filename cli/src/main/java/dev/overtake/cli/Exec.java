package dev.overtake.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The C library's functions that put another program in the place of this process. All are bound as
 * functions of three words, since every further kind costs 6 ms at the start: the calling
 * conventions of x86-64 and AArch64 pass integers and pointers alike, and ignore one too many.
 */
final class Exec {
  private static final int SIG_SETMASK = 2;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final long SIG_IGN = 1;

  /** More than a sigset_t and a struct sigaction have. */
  private static final int SIGNAL_BYTES = 256;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private Exec() {}

  /** Has an open file closed when the program takes over; one that is not open is left alone. */
  static void closeWhenReplaced(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      call("fcntl", arena, descriptor, F_SETFD, FD_CLOEXEC);
    }
  }

  /** Has a signal ignored, by this process and by the program. */
  static void ignore(int signal) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = words(arena, SIGNAL_BYTES, SIG_IGN);
      call("sigaction", arena, signal, action.address(), 0);
    }
  }

  /**
   * Sets the signals that are blocked in this thread, and with it in the program: bit i is signal
   * i+1.
   */
  static void block(long signals) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = words(arena, SIGNAL_BYTES, signals);
      call("pthread_sigmask", arena, SIG_SETMASK, set.address(), 0);
    }
  }

  /**
   * Replaces this process by a program, which is looked for in PATH if its name has no slash.
   * Returns only if that cannot be done.
   *
   * @param arguments byte strings, the first of them the program
   * @param environment byte strings
   * @return errno
   */
  static int execute(List<String> arguments, List<String> environment) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argv = strings(arena, arguments);
      MemorySegment envp = strings(arena, environment);
      long program = argv.get(ValueLayout.JAVA_LONG, 0);
      return call("execvpe", arena, program, argv.address(), envp.address());
    }
  }

  /** Zeros, but for the first word. */
  private static MemorySegment words(Arena arena, int bytes, long first) {
    MemorySegment segment = arena.allocate(bytes, Long.BYTES);
    segment.set(ValueLayout.JAVA_LONG, 0, first);
    return segment;
  }

  /** An array of pointers that ends with a null one, and behind it what they point to. */
  private static MemorySegment strings(Arena arena, List<String> byteStrings) {
    int offset = (byteStrings.size() + 1) * Long.BYTES;
    int bytes = offset;
    for (String string : byteStrings) {
      bytes += string.length() + 1;
    }
    MemorySegment segment = arena.allocate(bytes, Long.BYTES);
    var pointers = new long[byteStrings.size() + 1];
    var block = new byte[bytes - offset];
    int next = 0;
    for (int i = 0; i < byteStrings.size(); i++) {
      pointers[i] = segment.address() + offset + next;
      byte[] string = ByteStrings.bytes(byteStrings.get(i));
      System.arraycopy(string, 0, block, next, string.length);
      next += string.length + 1;
    }
    MemorySegment.copy(pointers, 0, segment, ValueLayout.JAVA_LONG, 0, pointers.length);
    MemorySegment.copy(block, 0, segment, ValueLayout.JAVA_BYTE, offset, block.length);
    return segment;
  }

  /** Returns errno as the call left it, or 0 if the call returned 0. */
  private static int call(String function, Arena arena, long first, long second, long third)
      throws IOException {
    MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    try {
      int result = (int) handle(function).invokeExact(state, first, second, third);
      return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function + " cannot be called", e);
    }
  }

  @SuppressWarnings("restricted") // what this class is for
  private static MethodHandle handle(String function) throws IOException {
    return LINKER.downcallHandle(
        LINKER
            .defaultLookup()
            .find(function)
            .orElseThrow(() -> new IOException("the C library has no function " + function)),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG),
        WITH_ERRNO);
  }
}
