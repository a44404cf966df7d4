package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueHints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The device's own time slice of a program that others are above. A library behind the shim plays
 * NVIDIA's resource manager, and a puppet asks it for what CUDA does when it makes a context.
 */
@Tag("sanitized")
@ExtendWith(Labs.class)
class SliceTest {
  private static final Path MANAGER = Lab.PROGRAMS.resolve("libmanager.so");
  private static final String[] USE = {"a device 0", "a launch default empty 1", "a sync default"};
  private static final int SHORT = 100;
  private static final int DRIVERS_OWN = 2048;
  private static final String OWN_GROUP = "a group 7 " + DRIVERS_OWN;

  private static Lab.Starter program(Lab lab, int priority) {
    return lab.program("puppet")
        .preloading(Lab.SHIM, MANAGER)
        .with("OVERTAKE_PRIORITY", priority)
        .with("OVERTAKE_LINGER_US", 1_000)
        .with("MANAGER_LOG", log(lab));
  }

  /** A program which wants a short slice while somebody is above it, and has a channel group. */
  private static Puppet sliced(Lab lab, int priority) {
    return program(lab, priority)
        .with("OVERTAKE_DEVICE_SLICE_US", SHORT)
        .startPuppet()
        .act(USE)
        .act(OWN_GROUP);
  }

  private static Path log(Lab lab) {
    return lab.folder().resolve("slices");
  }

  /** What a process set or tried to, each as "OBJECT MICROSECONDS STATUS". */
  private static List<String> set(Lab lab, int pid) {
    try {
      return Files.readAllLines(log(lab)).stream()
          .filter(line -> line.startsWith(pid + " "))
          .map(line -> line.substring(line.indexOf(' ') + 1))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitSlice(Puppet puppet, int group, int micros) {
    Waiting.until(
        "group %d has %d us, of %s".formatted(group, micros, puppet.program()),
        () -> puppet.ask("a slice " + group) == micros);
  }

  /** The watcher has seen all that was so before: it alone ends lingering, in round after round. */
  private static void awaitWatcher(Lab lab, Puppet puppet) {
    for (int i = 0; i < 3; i++) {
      puppet.act("a launch default empty 1", "a sync default");
      Waiting.until(
          "idle: " + puppet.program(),
          () -> lab.queues(puppet.pid()).stream().noneMatch(queue -> queue.ready()));
    }
  }

  @Test
  void isShortWhileSomebodyIsAbove(Lab lab) {
    Puppet low = sliced(lab, 0);
    awaitWatcher(lab, low);
    assertThat(low.ask("a slice 7")).isEqualTo(DRIVERS_OWN);
    Puppet high = lab.puppet(10).act(USE);
    awaitSlice(low, 7, SHORT);
    low.act("a group 8 " + DRIVERS_OWN, "a group 9 50");
    awaitSlice(low, 8, SHORT);
    high.end();
    awaitSlice(low, 7, DRIVERS_OWN);
    awaitSlice(low, 8, DRIVERS_OWN);
    assertThat(low.ask("a slice 9")).isEqualTo(50); // which was shorter than that from the start
    assertThat(set(lab, low.pid()))
        .containsExactlyInAnyOrder(
            "7 2048 0", "7 100 0", "8 2048 0", "9 50 0", "8 100 0", "7 2048 0", "8 2048 0");
    assertThat(low.end().errors()).isEmpty();
  }

  @Test
  void whatTheProgramAsksForLaterIsWhatItGetsBack(Lab lab) {
    Puppet low = sliced(lab, 0);
    Puppet high = lab.puppet(10).act(USE);
    awaitSlice(low, 7, SHORT);
    low.act("a group 7 3000");
    awaitSlice(low, 7, SHORT);
    lab.controls().hint(lab.queue(high.pid()).slot(), QueueHints.priority(0));
    awaitSlice(low, 7, 3000);
  }

  @Test
  void isNeverTouchedWhereNobodyAskedForIt(Lab lab) {
    lab.puppet(10).act(USE);
    Puppet wants = sliced(lab, 0);
    Puppet low = program(lab, 0).startPuppet().act(USE).act(OWN_GROUP);
    awaitSlice(wants, 7, SHORT);
    awaitWatcher(lab, low);
    assertThat(low.ask("a slice 7")).isEqualTo(DRIVERS_OWN);
    assertThat(set(lab, low.pid())).containsExactly("7 2048 0");
  }

  @Test
  void isNeverTouchedOfTheHighest(Lab lab) {
    Puppet high = sliced(lab, 10);
    Puppet low = sliced(lab, 0);
    awaitSlice(low, 7, SHORT);
    awaitWatcher(lab, high);
    assertThat(set(lab, high.pid())).containsExactly("7 2048 0");
  }

  /** Its threads share the channels of a context. */
  @Test
  void isNeverTouchedOfAProcessOfWhichOneThreadIsTheHighest(Lab lab) {
    Puppet both = sliced(lab, 0);
    both.act("b device 0", "b priority 10", "b launch default empty 1", "b sync default");
    Puppet low = sliced(lab, 5);
    awaitSlice(low, 7, SHORT);
    awaitWatcher(lab, both);
    assertThat(set(lab, both.pid())).containsExactly("7 2048 0");
    lab.puppet(11).act(USE);
    awaitSlice(both, 7, SHORT);
  }

  @Test
  void isTheDriversOwnWherePrioritiesDoNotDecide(Lab lab) {
    lab.puppet(10).act(USE);
    Puppet low = sliced(lab, 0);
    awaitSlice(low, 7, SHORT);
    lab.controls().policy(PolicyMode.NONE, "none");
    awaitSlice(low, 7, DRIVERS_OWN);
    lab.controls().policy(PolicyMode.HPF, "HPF");
    awaitSlice(low, 7, SHORT);
  }

  @Test
  void refusedCallChangesNothing(Lab lab) {
    Puppet low = sliced(lab, 0);
    low.act("a group 8 " + DRIVERS_OWN, "a free-group 7");
    Puppet high = lab.puppet(10).act(USE);
    awaitSlice(low, 8, SHORT);
    assertThat(set(lab, low.pid())).containsOnlyOnce("7 100 87");
    assertThat(low.ask("a slice 7")).isEqualTo(-87);
    awaitWatcher(lab, low);
    assertThat(set(lab, low.pid())).containsOnlyOnce("7 100 87"); // once is enough
    high.end();
    awaitSlice(low, 8, DRIVERS_OWN);
    assertThat(low.end().errors()).isEmpty();
  }

  /** The real manager's file may be closed, and its number another file's. */
  @Test
  void fileThatIsAnothersByNowIsLeftAlone(Lab lab) {
    Puppet low = program(lab, 0).with("OVERTAKE_DEVICE_SLICE_US", SHORT).startPuppet();
    low.act(USE).act(OWN_GROUP, "a close-manager");
    lab.puppet(10).act(USE);
    awaitWatcher(lab, low);
    assertThat(set(lab, low.pid())).containsExactly("7 2048 0");
    assertThat(low.end().errors()).isEmpty();
  }

  /** More contexts than are remembered, of which most have ended. */
  @Test
  void groupsThatEndedMakeRoom(Lab lab) {
    Puppet low = sliced(lab, 0);
    for (int i = 100; i < 200; i++) {
      low.act("a group %d 2048".formatted(i), "a free-group " + i);
    }
    low.act("a group 8 " + DRIVERS_OWN);
    lab.puppet(10).act(USE);
    awaitSlice(low, 7, SHORT);
    awaitSlice(low, 8, SHORT);
  }

  @Test
  void childHasNoneOfItsParents(Lab lab) {
    Puppet parent = program(lab, 0).with("OVERTAKE_DEVICE_SLICE_US", SHORT).startPuppet();
    assertThat(parent.ask("main active")).isEqualTo(1);
    parent.act("main group 7 " + DRIVERS_OWN, "main fork");
    parent.act("main device 0", "main launch default empty 1", "main sync default");
    int child = lab.page().slots().status().getFirst().owner().pid();
    assertThat(child).isNotEqualTo(parent.pid());
    parent.act("main group 8 " + DRIVERS_OWN);
    lab.puppet(10).act(USE);
    Waiting.until("the child's is short", () -> parent.ask("main slice 8") == SHORT);
    assertThat(set(lab, child)).containsExactly("8 2048 0", "8 100 0");
    assertThat(parent.ask("main exit 5")).isEqualTo(5);
  }

  @Test
  void isGivenBackWhereSchedulingIsGivenUp(Lab lab) throws IOException {
    lab.puppet(10).act(USE);
    Puppet low = sliced(lab, 0);
    awaitSlice(low, 7, SHORT);
    try (var page = FileChannel.open(lab.pageFile(), StandardOpenOption.WRITE)) {
      page.write(ByteBuffer.wrap(new byte[PageLayout.DEVICES_OFFSET]), 0);
    }
    awaitSlice(low, 7, DRIVERS_OWN);
    assertThat(low.end().warnings()).hasSize(1);
  }

  /** Other requests, and what is said of them, are as ever: EBADF, ENOTTY, and a pipe's answer. */
  @ParameterizedTest
  @CsvSource({
    "-1, 0xc020462a, 9",
    "-1, 0xffffffffc020462a, 9",
    "0, 0x541b, 0",
    "0, 0xc0204629, 25",
    "0, 0xfedcba9876543210, 25",
    "0, 0, 25"
  })
  void otherRequestsPass(int file, String request, int error, Lab lab) {
    Puppet puppet = sliced(lab, 0);
    assertThat(puppet.ask("a ioctl %d %s".formatted(file, request))).isEqualTo(error);
    Puppet before =
        program(lab, 0)
            .with("OVERTAKE_DEVICE_SLICE_US", SHORT)
            .preloading(MANAGER, Lab.SHIM)
            .startPuppet();
    assertThat(before.ask("a ioctl %d %s".formatted(file, request))).isEqualTo(error);
  }
}
