package dev.overtake.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that what a command finds out can be written, before it works for long. It tries,
 * since permissions say nothing of root and of file systems that take no files, such as /proc; and
 * leaves everything as it was.
 */
final class WriteProbe {
  private static final String PREFIX = ".overtake-";

  private WriteProbe() {}

  /** Checks that the folder that an option names takes files, if need be after it was made. */
  static void requireFolder(WrongUse use, String option, Path folder) throws IOException {
    String obstacle = obstacleIn(folder.toAbsolutePath());
    use.require(
        obstacle == null,
        "cannot write into the folder %s (%s): name another with %s",
        folder,
        obstacle,
        option);
  }

  /** Checks that the file that an option names can be written, if need be with its folder made. */
  static void requireFile(WrongUse use, String option, Path file) throws IOException {
    String obstacle = Files.exists(file) ? obstacleOf(file) : obstacleTo(file.toAbsolutePath());
    use.require(
        obstacle == null,
        "cannot write the file %s (%s): name another with %s",
        file,
        obstacle,
        option);
  }

  private static @Nullable String obstacleOf(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return "it is a folder";
    }
    if (!Files.isRegularFile(file)) { // Who reads a pipe would take the trial for the whole.
      return Files.isWritable(file) ? null : "it is write-protected";
    }
    try {
      Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE).close();
      return null;
    } catch (FileSystemException e) {
      return Main.reason(e);
    }
  }

  /** To a file that is not there yet; folders are made on the way to it, and not behind a link. */
  private static @Nullable String obstacleTo(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return obstacleIn(Objects.requireNonNullElse(file.getParent(), file));
    }
    Path target = file.resolveSibling(Files.readSymbolicLink(file));
    Path folder = Objects.requireNonNullElse(target.getParent(), target);
    return Files.isDirectory(folder)
        ? obstacleIn(folder)
        : "it is a link into %s, which is not a folder".formatted(folder);
  }

  private static @Nullable String obstacleIn(Path folder) throws IOException {
    Path existing = existing(folder);
    if (!Files.isDirectory(existing)) {
      return existing + " is not a folder";
    }
    try {
      makeFileIn(folder);
      return null;
    } catch (NoSuchFileException e) {
      return existing + " takes no files";
    } catch (FileSystemException e) {
      return existing + ": " + Main.reason(e);
    }
  }

  /** Under names of its own: nobody who makes the same folder meanwhile sees it come and go. */
  private static void makeFileIn(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Files.delete(Files.createTempFile(folder, PREFIX, null));
      return;
    }
    Path instead = Files.createTempDirectory(existing(folder), PREFIX);
    try {
      makeFileIn(instead);
    } finally {
      Files.delete(instead);
    }
  }

  /** The folder, or what is there of the way to it. */
  private static Path existing(Path folder) {
    Path parent = folder.getParent();
    boolean there = Files.exists(folder, LinkOption.NOFOLLOW_LINKS); // or a link to nothing
    return parent == null || there ? folder : existing(parent);
  }
}
