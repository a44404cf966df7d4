package dev.overtake.control.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that a slot belongs to. A pid alone may be somebody else's by now; with the time at
 * which the process started it is unique.
 *
 * @param pid of the process
 * @param startTime field 22 of its {@code /proc/PID/stat}: clock ticks since the machine started; 0
 *     if the process itself could not learn it
 */
public record Owner(int pid, long startTime) {
  // Fields of /proc/PID/stat, as proc(5) numbers them, after the name, which is field 2.
  private static final int STATE = 3;
  private static final int NICE = 19;
  private static final int THREADS = 20;
  private static final int START_TIME = 22;

  /** This process. */
  public static Owner self() {
    int pid = (int) ProcessHandle.current().pid();
    return of(pid)
        .orElseThrow(
            () -> new IllegalStateException("/proc/self/stat cannot be read: mount /proc"));
  }

  /** The process that has this pid now, if it is alive. */
  public static Optional<Owner> of(int pid) {
    return stat(pid).filter(fields -> !ended(fields)).map(fields -> owner(pid, fields));
  }

  /** From its third field on: what stands before has the name in it, which may have blanks. */
  private static Optional<String[]> stat(int pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Integer.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      // The name is in parentheses and may itself have parentheses.
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    } catch (IOException e) {
      return Optional.empty(); // There is none, it has just ended, or this process may not look.
    }
  }

  private static Owner owner(int pid, String[] fields) {
    return new Owner(pid, Long.parseLong(fields[START_TIME - STATE]));
  }

  /** Dead and not yet waited for by its parent; one whose first thread alone ended lives on. */
  private static boolean ended(String[] fields) {
    String state = fields[0];
    return state.equals("X")
        || (state.equals("Z") && Integer.parseInt(fields[THREADS - STATE]) <= 1);
  }

  /**
   * Whether it still runs. The pid's being there is enough where no more can be told: /proc may be
   * closed to this process, or no file be left to open. The same rule is in the shim.
   */
  public boolean alive() {
    return pid > 0 && Libc.hasProcess(pid) && stat(pid).map(this::isAliveBy).orElse(true);
  }

  private boolean isAliveBy(String[] fields) {
    return !ended(fields) && (startTime == 0 || owner(pid, fields).equals(this));
  }

  /** How nice its first thread is, -20 to 19; 0 if the process has ended. Reads a file. */
  public int nice() {
    return stat(pid)
        .filter(fields -> owner(pid, fields).equals(this))
        .map(fields -> Integer.valueOf(fields[NICE - STATE]))
        .orElse(0);
  }
}
