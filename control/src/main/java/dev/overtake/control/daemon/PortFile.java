package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalInt;

/** The file beside the page by which tools find the port of its daemon. */
public final class PortFile {
  private final Path file;

  /** Of this page. */
  public PortFile(Path page) {
    file = page.resolveSibling(page.getFileName() + ".port");
  }

  /** The port, if a daemon wrote one; it may have ended since. */
  public OptionalInt read() throws IOException {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(file).strip()));
    } catch (NoSuchFileException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** Whole or not at all. */
  void write(int port) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(draft, port + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
