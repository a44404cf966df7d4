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

  private static final int HEXADECIMAL = 16;

  /**
   * SIGUSR2, SIGPIPE and SIGXFSZ. Of the others that the JVM handles it needs SIGSEGV and its like
   * to its very end, and with -Xrs it leaves SIGHUP, SIGINT, SIGQUIT and SIGTERM alone.
   */
  private static final int[] TAKEN_BY_JVM = {12, 13, 25};

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
    for (int signal : TAKEN_BY_JVM) {
      if ((ignored >>> (signal - 1) & 1) != 0) {
        Exec.ignore(signal);
      }
    }
    Exec.block(blocked);
  }
}
