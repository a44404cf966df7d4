package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
  /** Above what Linux gives to any process. */
  private static final long NOBODYS_PID = 1L << 40;

  @TempDir Path parent;
  @TempDir Path elsewhere;

  @Test
  void itIsGoneWhenClosed() throws Exception {
    Path directory;
    try (var scratch = new Scratch(parent)) {
      directory = Files.writeString(scratch.directory().resolve("file"), "text").getParent();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void whatProcessesLeftThatAreGoneIsDeletedAndNothingElse() throws Exception {
    Path abandoned = Files.createDirectory(parent.resolve("overtake-" + NOBODYS_PID + "-1"));
    Files.writeString(abandoned.resolve("weights"), "1");
    Path inUse =
        Files.createDirectory(parent.resolve("overtake-" + ProcessHandle.current().pid() + "-1"));
    Path others = Files.createDirectory(parent.resolve("overtake-results"));
    Path file = Files.writeString(elsewhere.resolve("file"), "text");
    Files.createSymbolicLink(parent.resolve("overtake-" + NOBODYS_PID + "-2"), elsewhere);
    try (var scratch = new Scratch(parent)) {
      assertThat(scratch.directory()).isEmptyDirectory();
      assertThat(abandoned).doesNotExist();
      assertThat(inUse).exists();
      assertThat(others).exists();
      assertThat(file).exists();
    }
  }
}
