package dev.overtake.bench.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The workers' program and the module by which it speaks to Overtake, as files that an interpreter
 * can run, in a folder of their own in which the workers also have their sockets and logs. The
 * folder can be entered by this user only.
 */
final class WorkerScript implements AutoCloseable {
  private static final String NAME = "worker.py";
  private static final String MODULE = "overtake.py";

  private final Path folder;

  private WorkerScript(Path folder) {
    this.folder = folder;
  }

  /** Writes the program into a new folder below the system's folder for temporary files. */
  static WorkerScript extract() {
    try {
      var extracted = new WorkerScript(Files.createTempDirectory("overtake-bench-"));
      extracted.copy(NAME);
      extracted.copy(MODULE);
      return extracted;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the workers' program into the folder for temporary files", e);
    }
  }

  private void copy(String name) throws IOException {
    try (InputStream resource = WorkerScript.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException(
            name + " is not on the class path: check how this was packaged");
      }
      Files.copy(resource, folder.resolve(name));
    }
  }

  Path file() {
    return folder.resolve(NAME);
  }

  Path folder() {
    return folder;
  }

  /** Deletes the folder and what is in it; what cannot be deleted stays. */
  @Override
  public void close() {
    try (Stream<Path> content = Files.walk(folder)) {
      for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // The system clears its folder for temporary files now and then.
    }
  }
}
