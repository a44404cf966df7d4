package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.DaemonLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonStartTest {
  @TempDir Path folder;

  @Test
  void aDaemonIsAliveWhileItsHeartBeats() throws Exception {
    Path file = folder.resolve("page");
    try (var page = ControlPage.openOrCreate(file)) {
      assertThat(DaemonStart.isAlive(file)).isFalse();
      boolean alive = false;
      for (int beats = 0; beats < 10 && !alive; beats++) { // Each is stale a second later.
        page.daemon().beat(1, System.nanoTime());
        alive = DaemonStart.isAlive(file);
      }
      assertThat(alive).isTrue();
      page.daemon().beat(1, System.nanoTime() - DaemonLine.STALE_NANOS - 1);
      assertThat(DaemonStart.isAlive(file)).isFalse();
      page.daemon().beat(1, System.nanoTime() + 60 * DaemonLine.STALE_NANOS); // before a restart
      assertThat(DaemonStart.isAlive(file)).isFalse();
    }
  }

  /** Whose parent ends becomes a child of process 1. */
  @Test
  void noneIsStartedThatWouldBecomeAChildOfTheProgram() {
    assertThatThrownBy(() -> DaemonStart.start("home", folder.resolve("page"), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("docker run --init");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whereThereIsNoPageThereIsNoDaemon() throws Exception {
    assertThat(DaemonStart.isAlive(folder.resolve("none"))).isFalse();
    assertThat(DaemonStart.isAlive(Files.writeString(folder.resolve("text"), "text"))).isFalse();
  }
}
