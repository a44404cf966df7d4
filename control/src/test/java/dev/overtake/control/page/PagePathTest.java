package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagePathTest {
  @TempDir Path folder;

  @Test
  void theVariableGoesBeforeAll() {
    assertThat(
            PagePath.of(
                Map.of("OVERTAKE_PAGE", "/a/page", "XDG_RUNTIME_DIR", folder.toString()), 7))
        .isEqualTo(Path.of("/a/page"));
  }

  @Test
  void thenTheRuntimeFolderIfItIsOneOfThisUsers() throws IOException {
    int self = (Integer) Files.getAttribute(folder, "unix:uid");
    assertThat(PagePath.of(Map.of("XDG_RUNTIME_DIR", folder.toString()), self))
        .isEqualTo(folder.resolve("overtake/page"));
    assertThat(PagePath.of(Map.of("XDG_RUNTIME_DIR", folder.toString()), self + 1))
        .isEqualTo(Path.of("/dev/shm/overtake-" + (self + 1) + "/page"));
    assertThat(PagePath.of(Map.of("XDG_RUNTIME_DIR", folder.resolve("gone").toString()), 7))
        .isEqualTo(Path.of("/dev/shm/overtake-7/page"));
  }

  @Test
  void thenSharedMemoryUnderTheUsersNumber() {
    assertThat(PagePath.of(Map.of("OVERTAKE_PAGE", "", "XDG_RUNTIME_DIR", ""), 7))
        .isEqualTo(Path.of("/dev/shm/overtake-7/page"));
    assertThat(PagePath.of(Map.of(), (int) 3_000_000_000L))
        .isEqualTo(Path.of("/dev/shm/overtake-3000000000/page"));
    assertThat(PagePath.of(Map.of()).toString()).matches("/dev/shm/overtake-\\d+/page");
  }
}
