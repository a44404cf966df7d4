package dev.overtake.bench.pytorch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a worker writes for people: on standard output and standard error, in one file.
 *
 * @param file which the process writes while it is read here
 */
record WorkerLog(Path file) {
  private static final String OF_THE_SHIM = "overtake: ";
  private static final int LAST_LINES = 3;

  /** The end of it, as the rest of a message. */
  String ending() {
    try {
      List<String> lines = lines().toList();
      return lines.isEmpty()
          ? "; it wrote nothing"
          : "; it wrote at last: "
              + String.join(
                  " | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "; what it wrote cannot be read (" + e.getMessage() + ")";
    }
  }

  /** What the shim said so far, without its name in front, each line once. */
  List<String> ofTheShim() {
    try {
      return lines()
          .filter(line -> line.startsWith(OF_THE_SHIM))
          .map(line -> line.substring(OF_THE_SHIM.length()))
          .distinct()
          .toList();
    } catch (IOException e) {
      return List.of(); // Nothing that is measured depends on it.
    }
  }

  private Stream<String> lines() throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty());
  }
}
