package dev.overtake.shim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The threads of a process, as the kernel shows them. */
final class Tasks {
  private Tasks() {}

  /** Folders below /proc of those that have a name which begins so. */
  static List<Path> named(int pid, String begin) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", pid + "", "task"))) {
      return tasks.filter(task -> name(task).startsWith(begin)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty if it has ended. */
  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
