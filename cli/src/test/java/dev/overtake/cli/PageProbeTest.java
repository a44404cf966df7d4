package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.ScheduledQueue;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.Scope;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page as programs under the shim leave it, where the shim's own lines are written by hand. */
class PageProbeTest {
  // What a queue's owner alone writes; see PageLayout.
  private static final int LEVEL = 72;
  private static final int THRESHOLD = 120;
  private static final int BATCH = 124;
  private static final int THRESHOLD_WANTED = 140;
  private static final int DEVICE_ESCAPES = 64;

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

  private int claim(int pid, int priority) throws Exception {
    return test.claim(pid, Scope.PROCESS, "queue", priority);
  }

  private void writeToSlot(int slot, int field, int value) throws IOException {
    write(PageLayout.SLOTS_OFFSET + slot * PageLayout.SLOT_BYTES + field, value);
  }

  private void write(int offset, int value) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value);
      channel.write(word, offset);
    }
  }

  @Test
  void queueBoundedByTimeIsSeenAsItStands() throws Exception {
    int slot = claim(PID, 0);
    writeToSlot(slot, LEVEL, 2);
    writeToSlot(slot, THRESHOLD, 16);
    writeToSlot(slot, BATCH, 4);
    write(PageLayout.DEVICES_OFFSET + test.device * PageLayout.DEVICE_BYTES + DEVICE_ESCAPES, 3);
    assertThat(new PageProbe(file).leastUrgent(PID))
        .contains(new ScheduledQueue("HPF", PreemptionLevel.L2, new LaunchConfig(16, 4), 300, 3));
  }

  @Test
  void queueBoundedByCommandsHasNoTime() throws Exception {
    int slot = claim(PID, 0);
    writeToSlot(slot, LEVEL, 1);
    writeToSlot(slot, THRESHOLD, 2);
    writeToSlot(slot, BATCH, 1);
    writeToSlot(slot, THRESHOLD_WANTED, 2);
    assertThat(new PageProbe(file).leastUrgent(PID))
        .contains(new ScheduledQueue("HPF", PreemptionLevel.L1, new LaunchConfig(2, 1), null, 0));
  }

  @Test
  void policyIsTheOneOfThePage() throws Exception {
    claim(PID, 0);
    new Controls(page).policy(PolicyMode.DAEMON, "AUTO");
    assertThat(new PageProbe(file).leastUrgent(PID))
        .hasValueSatisfying(queue -> assertThat(queue.policy()).isEqualTo("AUTO"));
  }

  @Test
  void leastUrgentOfTheProcessIsMeant() throws Exception {
    writeToSlot(claim(PID, 10), LEVEL, 1);
    writeToSlot(claim(PID, 0), LEVEL, 2);
    writeToSlot(claim(PID + 1, -10), LEVEL, 1);
    assertThat(new PageProbe(file).leastUrgent(PID))
        .hasValueSatisfying(queue -> assertThat(queue.level()).isEqualTo(PreemptionLevel.L2));
  }

  @Test
  void queueThatHasLaunchedNothingHasNoConfigYet() throws Exception {
    claim(PID, 0);
    assertThat(new PageProbe(file).leastUrgent(PID))
        .contains(new ScheduledQueue("HPF", PreemptionLevel.L1, null, 300, 0));
  }

  @Test
  void nothingIsSeenOfAStrangerAndWithoutAPage() throws Exception {
    claim(PID, 0);
    assertThat(new PageProbe(file).leastUrgent(PID + 1)).isEmpty();
    assertThat(new PageProbe(folder.resolve("missing")).leastUrgent(PID)).isEmpty();
  }
}
