package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFilesTest {
  @TempDir Path home;

  private final StringWriter err = new StringWriter();

  private Path folder() {
    return home.resolve("a/folder");
  }

  private void write(String json, String html) throws IOException {
    new ResultFiles(folder()).write(json, html, new PrintWriter(err));
  }

  @Test
  void areInAFolderThatIsMadeForThem() throws IOException {
    write("{}", "<html>");
    assertThat(folder().resolve("results.json")).hasContent("{}");
    assertThat(folder().resolve("report.html")).hasContent("<html>");
    assertThat(err.toString())
        .contains(folder().resolve("results.json").toString())
        .contains(folder().resolve("report.html").toString());
  }

  @Test
  void takeThePlaceOfFormerOnesWhoseReadersKeepThem() throws IOException {
    write("former", "former");
    try (var reader = Files.newInputStream(folder().resolve("results.json"))) {
      write("new", "new");
      assertThat(reader).hasContent("former");
    }
    assertThat(folder().resolve("results.json")).hasContent("new");
    assertThat(folder().resolve("report.html")).hasContent("new");
    assertThat(folder()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void leaveNoDraftWhereTheyCannotBeWritten() throws IOException {
    Files.createDirectories(folder().resolve("results.json/in-the-way"));
    assertThatIOException().isThrownBy(() -> write("{}", "<html>"));
    assertThat(folder()).isDirectoryNotContaining("glob:**.part");
    assertThat(err.toString()).isEmpty();
  }
}
