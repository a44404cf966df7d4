package dev.overtake.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Java does not tell of standard output: that something could not be written to it. */
final class StandardOutput {
  private static final int FILE_TYPE = 0170000;
  private static final int PIPE = 0010000;
  private static final int SOCKET = 0140000;

  private StandardOutput() {}

  /** The status to end with after a command that ended with this one; says if output was lost. */
  static int checked(int status) {
    if (!System.out.checkError() || readerIsGone()) {
      return status;
    }
    System.err.println("overtake: not all could be written to standard output; is the disk full?");
    return status == ExitStatus.OK ? ExitStatus.FAILED : status;
  }

  /** A pipe fails for this reason only, and who reads no further (head) has what he wanted. */
  private static boolean readerIsGone() {
    try {
      int mode = (int) Files.getAttribute(Path.of("/proc/self/fd/1"), "unix:mode") & FILE_TYPE;
      return mode == PIPE || mode == SOCKET;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
