package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a request to change something has to show: a word in a file beside the page that its owner
 * alone can read. The page is closed to other users, and they reach the same loopback interface.
 */
final class ApiToken {
  private static final int BYTES = 16;

  private final PageCompanion file;

  /** Of this page. */
  ApiToken(Path page) {
    file = new PageCompanion(page, ".token");
  }

  Path file() {
    return file.file();
  }

  /** Makes a new one. */
  String renew() throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    file.write(token);
    return token;
  }

  /** The one of the daemon that is at work, if there is one. */
  Optional<String> read() throws IOException {
    return file.read();
  }

  void delete() throws IOException {
    file.delete();
  }
}
