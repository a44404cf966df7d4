package dev.overtake.bench.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary directory of plain files, deleted on close. */
final class Scratch implements AutoCloseable {
  private final Path directory;

  /** Makes the directory; {@link UncheckedIOException} if the system's temporary one is full. */
  Scratch() {
    try {
      directory = Files.createTempDirectory("overtake");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
