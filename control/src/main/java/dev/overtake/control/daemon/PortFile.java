package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The file beside the page by which tools find the port of its daemon. */
public final class PortFile {
  private final PageCompanion file;

  /** Of this page. */
  public PortFile(Path page) {
    file = new PageCompanion(page, ".port");
  }

  /** The port, if a daemon wrote one; it may have ended since. */
  public OptionalInt read() throws IOException {
    try {
      return file.read().stream().mapToInt(Integer::parseInt).findFirst();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  void write(int port) throws IOException {
    file.write(Integer.toString(port));
  }

  void delete() throws IOException {
    file.delete();
  }
}
