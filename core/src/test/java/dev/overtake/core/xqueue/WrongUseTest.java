package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: refused with a message that says what to do, and without effect. */
class WrongUseTest {
  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).name("q").open();

  @Test
  void aForeignCommand() {
    final class Foreign extends Command {}
    var foreign = new Foreign();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.submit(foreign))
        .withMessageContainingAll("q", "launches Named", "Foreign", "its own platform");
    assertThat(foreign.state()).isEqualTo(State.CREATED);
    assertThat(queue.counts().submitted()).isZero();
  }

  @Test
  void aCommandSubmittedTwice() {
    var command = queue.submit(new Named("a"));

    assertThatIllegalStateException()
        .isThrownBy(() -> queue.submit(command))
        .withMessageContaining("create a new one");
    assertThat(queue.counts().submitted()).isEqualTo(1);
  }

  @Test
  void aCommandSubmittedToTwoQueues() {
    var command = queue.submit(new Named("a"));
    hw.finish(1);
    var other = XQueue.on(new FakeHwQueue()).open();

    assertThatIllegalStateException().isThrownBy(() -> other.submit(command));
    assertThat(other.state()).isEqualTo(QueueState.IDLE);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, threshold is 0: at least 1 command must be allowed in flight",
    "-3, 1, threshold is -3: at least 1 command must be allowed in flight",
    "2, 0, batch is 0 with threshold 2: give 1 to 2",
    "2, 3, batch is 3 with threshold 2: give 1 to 2",
  })
  void aLaunchConfigOutOfRange(int threshold, int batch, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LaunchConfig(threshold, batch))
        .withMessageStartingWith(message);
  }

  @Test
  void aLaunchConfigReadsAsThePaperWritesIt() {
    assertThat(new LaunchConfig(4, 2)).hasToString("(4,2)");
    assertThat(new LaunchConfig(Integer.MAX_VALUE, Integer.MAX_VALUE).batchCommands())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {-256, 256, Integer.MIN_VALUE})
  void aPriorityOutOfRange(int priority) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Hints.priority(priority))
        .withMessage("priority " + priority + " is out of range: give -255 to 255");
  }

  @ParameterizedTest
  @ValueSource(ints = {-255, 0, 255})
  void theOutermostPrioritiesAreFine(int priority) {
    assertThat(Hints.priority(priority).priority()).isEqualTo(priority);
  }

  @Test
  void aHardwareQueueThatHasAnXQueue() {
    assertThatIllegalStateException().isThrownBy(() -> XQueue.on(hw).open());
  }

  @Test
  void aLevelThatTheHardwareDoesNotReachClosesTheHardwareQueue() {
    var modest = FakeHwQueue.upTo(PreemptionLevel.L2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> XQueue.on(modest).level(PreemptionLevel.L3).open())
        .withMessage("level L3 is not supported by fake: it reaches L2");
    assertThat(modest.calls()).containsExactly("close");
  }

  @Test
  void aClosedScheduler() {
    var scheduler = new LocalScheduler(new HighestPriorityFirst());
    scheduler.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> XQueue.on(new FakeHwQueue()).scheduler(scheduler).open())
        .withMessageContaining("closed");
  }

  @Test
  void aQueueDescribesItself() {
    assertThat(queue).hasToString("XQueue[q, IDLE, L1, (16,8)]");
    assertThat(queue.launchConfig()).isEqualTo(LaunchConfig.DEFAULT);
    assertThat(XQueue.on(new FakeHwQueue()).open().name()).startsWith("xqueue-");
  }
}
