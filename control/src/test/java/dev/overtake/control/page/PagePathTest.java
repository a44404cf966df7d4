package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;

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
  void thenTheRuntimeFolderIfItIsOne() {
    assertThat(PagePath.of(Map.of("XDG_RUNTIME_DIR", folder.toString()), 7))
        .isEqualTo(folder.resolve("overtake/page"));
    assertThat(PagePath.of(Map.of("XDG_RUNTIME_DIR", folder.resolve("gone").toString()), 7))
        .isEqualTo(Path.of("/dev/shm/overtake-7/page"));
  }

  @Test
  void thenSharedMemoryUnderTheUsersNumber() {
    assertThat(PagePath.of(Map.of("OVERTAKE_PAGE", "", "XDG_RUNTIME_DIR", ""), 7))
        .isEqualTo(Path.of("/dev/shm/overtake-7/page"));
    assertThat(PagePath.of(Map.of()).toString()).matches("/dev/shm/overtake-\\d+/page");
  }
}
