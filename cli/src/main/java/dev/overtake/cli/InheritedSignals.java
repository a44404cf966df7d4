package dev.overtake.cli;

import java.io.IOException;

/**
 * What this process was given to block and to ignore, before the JVM set up its own handlers: the
 * program must find it as it was.
 *
 * @param blocked bit i is signal i+1
 * @param ignored likewise
 */
record InheritedSignals(long blocked, long ignored) {
  /** Set by the launcher: SigIgn of /proc/self/status as it was before there was a JVM. */
  private static final String IGNORED_PROPERTY = "overtake.signals.ignored";

  private static final int HIGHEST = 64;
  private static final int HEXADECIMAL = 16;

  /** SIGILL, SIGBUS, SIGFPE and SIGSEGV, which the JVM raises and must catch to its very end. */
  private static final long NEEDED_BY_JVM = bit(4) | bit(7) | bit(8) | bit(11);

  /** SIGKILL and SIGSTOP, which nobody can ignore, and the two that the C library keeps. */
  private static final long UNTOUCHABLE = bit(9) | bit(19) | bit(32) | bit(33);

  /**
   * @param status of this process, as in /proc/self/status: it speaks of the thread that the
   *     process began with, in which no Java runs and whose mask is therefore the inherited one
   */
  static InheritedSignals read(String status) throws IOException {
    return new InheritedSignals(
        field(status, "\nSigBlk:"),
        Long.parseUnsignedLong(System.getProperty(IGNORED_PROPERTY, "0"), HEXADECIMAL));
  }

  private static long field(String status, String name) throws IOException {
    int start = status.indexOf(name);
    int end = status.indexOf('\n', start + 1);
    if (start < 0 || end < 0) {
      throw new IOException("/proc/self/status has no line " + name.strip());
    }
    return Long.parseUnsignedLong(
        status.substring(start + name.length(), end).strip(), HEXADECIMAL);
  }

  /** Sets this thread to what was inherited. Only for the last moment before {@link Exec}. */
  void restore() throws IOException {
    for (int signal = 1; signal <= HIGHEST; signal++) {
      if ((ignored & ~NEEDED_BY_JVM & ~UNTOUCHABLE & bit(signal)) != 0) {
        Exec.ignore(signal);
      }
    }
    Exec.block(blocked);
  }

  private static long bit(int signal) {
    return 1L << (signal - 1);
  }
}
