package dev.overtake.bench.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A temporary directory of plain files, deleted on close. A process that is ended while it has one
 * leaves it behind; the next one to make one deletes it. Hence the name, which has the process in
 * it.
 */
final class Scratch implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("overtake-(\\d{1,18})-.*");

  private final Path directory;

  /** Makes the directory; {@link UncheckedIOException} if the system's temporary one is full. */
  Scratch() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  Scratch(Path parent) {
    try {
      directory =
          Files.createTempDirectory(parent, "overtake-" + ProcessHandle.current().pid() + "-");
      deleteAbandoned(parent);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    try {
      delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deleteAbandoned(Path parent) throws IOException {
    UserPrincipal owner = Files.getOwner(directory);
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent, "overtake-*")) {
      for (Path sibling : siblings) {
        Matcher name = NAME.matcher(sibling.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          deleteOwned(sibling, owner);
        }
      }
    }
  }

  /** A link, or what another user has made, is left alone: anyone may write into such a folder. */
  private static void deleteOwned(Path abandoned, UserPrincipal owner) {
    try {
      if (Files.isDirectory(abandoned, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(abandoned, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
        delete(abandoned);
      }
    } catch (IOException e) {
      // Another process deletes it too, or it holds what is not ours: nothing depends on it.
    }
  }

  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
