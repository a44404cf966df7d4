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
  private static final Owner SELF = new Owner(4711, 1);
  private static final Owner EARLIER = new Owner(4711, 0);

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

  private int claim(Owner owner, int priority) throws Exception {
    var claim = new QueueClaim(owner, device, Scope.THREAD, priority, "queue", priority);
    return new Claims(page).claim(claim);
  }

  private Wishes wishes(int slot) {
    return page.slots().status(slot).orElseThrow().wishes();
  }

  @Test
  void allOfTheProcessAreBoundedAndNoOthers() throws Exception {
    int first = claim(SELF, 1);
    int second = claim(SELF, 10);
    int other = claim(EARLIER, 1);

    new OwnQueues(file, SELF).bound((Mode.Shim) Mode.parse("overtake:100us"));

    assertThat(wishes(first).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(second).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(other)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void oneBoundTakesThePlaceOfAnother() throws Exception {
    int slot = claim(SELF, 1);
    claim(SELF, 10);
    var queues = new OwnQueues(file, SELF);

    queues.bound((Mode.Shim) Mode.parse("overtake:2:1"));
    assertThat(wishes(slot).threshold()).isEqualTo(2);
    assertThat(wishes(slot).batch()).isEqualTo(1);

    queues.bound(Mode.Shim.DEFAULT);
    assertThat(wishes(slot)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aBoundThatWouldHaveNoEffectIsRefused() throws Exception {
    var queues = new OwnQueues(file, SELF);
    claim(EARLIER, 1);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> queues.bound(Mode.Shim.DEFAULT))
        .withMessageContaining("schedules nothing of this process");

    int slot = claim(SELF, 0);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> queues.bound((Mode.Shim) Mode.parse("overtake:2:1")))
        .withMessageContaining("one priority")
        .withMessageContaining("--thread");
    assertThat(wishes(slot)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aPageThatIsNotThereIsNamed() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(folder.resolve("missing"), SELF).bound(Mode.Shim.DEFAULT))
        .withMessageContaining("missing");
  }
}
