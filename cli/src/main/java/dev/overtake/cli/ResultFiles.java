package dev.overtake.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The two files that results are kept in.
 *
 * @param folder which holds them; made when they are written
 */
record ResultFiles(Path folder) {
  /**
   * Writes each of them whole or not at all, in the place of a former one, and says where they are.
   *
   * @param json the content of {@code results.json}
   * @param html the content of {@code report.html}
   * @param err who is told
   * @throws IOException if one cannot be written
   */
  void write(String json, String html, PrintWriter err) throws IOException {
    Path results = folder.resolve("results.json");
    Path report = folder.resolve("report.html");
    Files.createDirectories(folder);
    replace(results, json);
    replace(report, html);
    err.println("report:  " + report);
    err.println("results: " + results);
    err.flush();
  }

  /** Whoever reads the file meanwhile sees the former one. */
  private static void replace(Path file, String content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(draft, content);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
