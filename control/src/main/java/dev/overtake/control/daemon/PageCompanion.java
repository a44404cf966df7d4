package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A small file beside a page, by which its daemon tells something to those who may use the page.
 */
final class PageCompanion {
  private final Path file;

  /**
   * @param suffix of its name, behind the page's
   */
  PageCompanion(Path page, String suffix) {
    file = page.resolveSibling(page.getFileName() + suffix);
  }

  Path file() {
    return file;
  }

  /** The line in it, if it is there; who wrote it may have ended since. */
  Optional<String> read() throws IOException {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whole or not at all, and for its owner's eyes. */
  void write(String line) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, line + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
