package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Scope;
import dev.overtake.control.page.Wishes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnQueuesTest {
  private static final int PID = 4711;

  @TempDir Path folder;

  private TestPage test;
  private Path file;
  private ControlPage page;

  @BeforeEach
  void createPage() throws Exception {
    test = new TestPage(folder);
    file = test.file;
    page = test.page;
  }

  @AfterEach
  void closePage() {
    test.close();
  }

  private Wishes wishes(int slot) {
    return page.slots().status(slot).orElseThrow().wishes();
  }

  @Test
  void allOfTheProcessAreBoundedAndNoOthers() throws Exception {
    int first = test.claim(PID, Scope.THREAD, "low-launch", 1);
    int second = test.claim(PID, Scope.THREAD, "high-launch", 10);
    int other = test.claim(PID + 1, Scope.THREAD, "low-launch", 1);

    new OwnQueues(file, PID).bound((Mode.Shim) Mode.parse("overtake:100us"));

    assertThat(wishes(first).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(second).inFlightMicros()).isEqualTo(100);
    assertThat(wishes(other)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void oneBoundTakesThePlaceOfAnother() throws Exception {
    int slot = test.claim(PID, Scope.PROCESS, "java", 0);
    test.claim(PID, Scope.THREAD, "high-launch", 10);
    var queues = new OwnQueues(file, PID);

    queues.bound((Mode.Shim) Mode.parse("overtake:2:1"));
    assertThat(wishes(slot).threshold()).isEqualTo(2);
    assertThat(wishes(slot).batch()).isEqualTo(1);

    queues.bound(Mode.Shim.DEFAULT);
    assertThat(wishes(slot)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aProcessWithoutQueuesCannotBeBounded() throws Exception {
    test.claim(PID + 1, Scope.PROCESS, "java", 0);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(file, PID).bound(Mode.Shim.DEFAULT))
        .withMessageContaining("schedules nothing of this process");
  }

  @ParameterizedTest
  @CsvSource({
    "low-launch, 5, high-launch, 5",
    "low-launch, 1, x, 10",
    "low-launch, 5, high-launch, 1"
  })
  void aBoundThatWouldHaveNoEffectIsRefused(
      String first, int priority, String second, int otherPriority) throws Exception {
    test.claim(PID, Scope.PROCESS, "java", 0);
    int slot = test.claim(PID, Scope.THREAD, first, priority);
    test.claim(PID, Scope.THREAD, second, otherPriority);

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(file, PID).bound((Mode.Shim) Mode.parse("overtake:2:1")))
        .withMessageContaining("no lower priority")
        .withMessageContaining("--thread 'high-launch=10' --thread 'low-launch=1'");
    assertThat(wishes(slot)).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aPageThatIsNotThereIsNamed() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new OwnQueues(folder.resolve("missing"), PID).bound(Mode.Shim.DEFAULT))
        .withMessageContaining("missing");
  }
}
