package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a request to change something has to show: a word in a file beside the page that its owner
 * alone can read. The page is closed to other users, and they reach the same loopback interface.
 */
final class ApiToken {
  private static final int BYTES = 16;

  private final Path file;

  /** Of this page. */
  ApiToken(Path page) {
    file = page.resolveSibling(page.getFileName() + ".token");
  }

  Path file() {
    return file;
  }

  /** Makes a new one. */
  String renew() throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, token + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    return token;
  }

  /** The one of the daemon that is at work, if there is one. */
  Optional<String> read() throws IOException {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
