package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.QueueClaim;
import dev.overtake.control.page.Scope;
import dev.overtake.control.page.Wishes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnQueuesTest {
  private static final int PID = 4711;

  @TempDir Path folder;

  private Path file;
  private ControlPage page;
  private int device;

  @BeforeEach
  void createPage() throws Exception {
    file = folder.resolve("page");
    page = ControlPage.openOrCreate(file);
    device = page.devices().findOrAdd("0000:5e:00.0", new byte[16], "Test device");
  }

  @AfterEach
  void closePage() {
    page.close();
  }

  private int claim(int pid, int key) throws Exception {
    var claim = new QueueClaim(new Owner(pid, 1), device, Scope.THREAD, key, "queue", 0);
    return new Claims(page).claim(claim);
  }

  private Wishes wishes(int slot) {
    return page.slots().status(slot).orElseThrow().wishes();
  }

  @Test
  void allOfTheProcessAreBoundedAndNoOthers() throws Exception {
    int first = claim(PID, 1);
    int second = claim(PID, 2);
    int other = claim(PID + 1, 1);

    new OwnQueues(file, PID).bound((Mode.Shim) Mode.parse("overtake:100us"));

    assertThat(wishes(first).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(second).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(other)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void oneBoundTakesThePlaceOfAnother() throws Exception {
    int slot = claim(PID, 1);
    var queues = new OwnQueues(file, PID);

    queues.bound((Mode.Shim) Mode.parse("overtake:2:1"));
    assertThat(wishes(slot).threshold()).isEqualTo(2);
    assertThat(wishes(slot).batch()).isEqualTo(1);

    queues.bound(Mode.Shim.DEFAULT);
    assertThat(wishes(slot)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aProcessWithoutQueuesCannotBeBounded() throws Exception {
    claim(PID + 1, 1);

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(file, PID).bound(Mode.Shim.DEFAULT))
        .withMessageContaining("schedules nothing of this process");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(folder.resolve("missing"), PID).bound(Mode.Shim.DEFAULT))
        .withMessageContaining("missing");
  }
}
