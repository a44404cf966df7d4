package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.CommandCounts;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The device's life, and XQueues on it. */
class HostDeviceTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final HostDevice device = HostDevice.open(1);
  private final TestCommands commands = new TestCommands();

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, Integer.MAX_VALUE})
  void refusesAThreadCountThatTheMachineDoesNotHave(int threads) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostDevice.open(threads))
        .withMessage(
            "the host device was asked for %d threads: this machine gives 1 to %d"
                .formatted(threads, PROCESSORS));
  }

  @Test
  void remembersItsThreadCount() {
    try (var all = HostDevice.open(PROCESSORS)) {
      assertThat(all.threads()).isEqualTo(PROCESSORS);
    }
    assertThat(device.threads()).isEqualTo(1);
  }

  @Test
  void runsWhatAnXQueueIsGiven() throws InterruptedException {
    try (var queue = XQueue.on(device.openQueue()).open()) {
      for (int i = 0; i < 100; i++) {
        queue.submit(commands.quick(Integer.toString(i)));
      }
      queue.awaitAll();

      assertThat(commands.ran()).hasSize(100);
      assertThat(commands.ran())
          .isSortedAccordingTo((a, b) -> Integer.valueOf(a).compareTo(Integer.valueOf(b)));
      assertThat(queue.counts()).isEqualTo(new CommandCounts(100, 100, 100, 0, 0));
    }
  }

  @Test
  void aCommandMaySubmitAnother() throws InterruptedException {
    try (var queue = XQueue.on(device.openQueue()).launchConfig(new LaunchConfig(1, 1)).open()) {
      queue.await(queue.submit(HostCommand.of(() -> queue.submit(commands.quick("child")))));
      queue.awaitAll();

      assertThat(commands.ran()).containsExactly("child");
    }
  }

  @Test
  void aCommandThatThrowsFailsAloneInItsQueue() throws InterruptedException {
    try (var queue = XQueue.on(device.openQueue()).open()) {
      var failing =
          queue.submit(
              HostCommand.of(
                  () -> {
                    throw new StackOverflowError("deep");
                  }));
      var next = queue.submit(commands.quick("next"));

      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(failing))
          .withMessageContaining("deep");
      queue.await(next);
      assertThatExceptionOfType(CommandFailedException.class).isThrownBy(queue::awaitAll);
    }
  }

  @ParameterizedTest
  @EnumSource(PreemptionLevel.class)
  void suspendAndSynchronizeReturnsWhenNothingExecutes(PreemptionLevel level)
      throws InterruptedException {
    try (var queue =
        XQueue.on(device.openQueue()).level(level).launchConfig(new LaunchConfig(2, 1)).open()) {
      var running = queue.submit(commands.stepper("running", 2));
      queue.submit(commands.quick("in flight"));
      queue.submit(commands.quick("pending"));
      running.awaitStep(1);

      var suspending = Background.waitingIn(() -> queue.suspend(SuspendFlag.SYNCHRONIZE));
      running.allow(2);

      assertThat(suspending.outcome()).isNull();
      switch (level) {
        case L1 -> assertThat(commands.ran()).containsExactly("running", "in flight");
        case L2 -> assertThat(commands.ran()).containsExactly("running");
        case L3 -> assertThat(running.done()).containsExactly(1);
      }
      queue.resume();
      queue.awaitAll();
      assertThat(commands.ran()).containsExactly("running", "in flight", "pending");
      assertThat(running.done()).containsExactly(1, 2);
    }
  }

  @Test
  void closedUnderARunningQueueItLetsTheRunningCommandFinishAndLosesTheRest()
      throws InterruptedException {
    var queue = XQueue.on(device.openQueue()).launchConfig(new LaunchConfig(2, 1)).open();
    var running = queue.submit(commands.blocker("running"));
    Command inFlight = queue.submit(commands.quick("in flight"));
    Command pending = queue.submit(commands.quick("pending"));
    running.awaitStart();
    var waiter = Background.waitingIn(() -> queue.await(pending));

    var closing = Background.waitingIn(device::close);
    running.end();

    assertThat(closing.outcome()).isNull();
    assertThat(waiter.outcome())
        .isInstanceOf(CommandFailedException.class)
        .hasRootCauseInstanceOf(DeviceLostException.class);
    assertThat(running.state()).isEqualTo(State.COMPLETED);
    assertThat(Stream.of(inFlight, pending).map(Command::state)).containsOnly(State.FAILED);
    assertThat(commands.ran()).containsExactly("running");
    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    assertThat(queue.counts().unfinished()).isZero();
    assertThatThrownBy(() -> queue.submit(commands.quick("late")))
        .isInstanceOf(DeviceLostException.class);
    queue.close();
  }

  @ParameterizedTest
  @EnumSource(PreemptionLevel.class)
  void closedUnderASuspendedQueueItLosesWhatIsHeldBack(PreemptionLevel level)
      throws InterruptedException {
    var queue =
        XQueue.on(device.openQueue()).level(level).launchConfig(new LaunchConfig(1, 1)).open();
    var running = queue.submit(commands.stepper("running", 2));
    Command pending = queue.submit(commands.quick("pending"));
    running.awaitStep(1);
    queue.suspend();
    running.allow(2);

    device.close();

    assertThat(pending.state()).isEqualTo(State.FAILED);
    assertThat(running.state().isFinished()).isTrue();
    queue.close();
  }

  @Test
  void closedUnderAQueueThatIsClosingItReleasesBoth() throws InterruptedException {
    var queue = XQueue.on(device.openQueue()).open();
    var running = queue.submit(commands.blocker("running"));
    queue.submit(commands.quick("behind"));
    running.awaitStart();
    var queueClosing = Background.waitingIn(queue::close);
    var deviceClosing = Background.waitingIn(device::close);

    running.end();

    assertThat(queueClosing.outcome()).isNull();
    assertThat(deviceClosing.outcome()).isNull();
  }

  @Test
  void twoThreadsMayCloseIt() throws InterruptedException {
    var queue = XQueue.on(device.openQueue()).open();
    var running = queue.submit(commands.blocker("running"));
    running.awaitStart();
    var one = Background.waitingIn(device::close);
    var two = Background.waitingIn(device::close);

    running.end();

    assertThat(one.outcome()).isNull();
    assertThat(two.outcome()).isNull();
    device.close();
  }

  @Test
  void releasesWhoWaitsInSynchronize() throws InterruptedException {
    var queue = device.openQueue();
    var events = RecordingListener.on(queue);
    var running = commands.blocker("running");
    queue.launch(running);
    queue.launch(commands.quick("never"));
    running.awaitStart();
    var waiter = Background.waitingIn(queue::synchronize);
    var closing = Background.waitingIn(device::close);

    running.end();

    assertThat(waiter.outcome()).isNull();
    assertThat(closing.outcome()).isNull();
    assertThat(events.next()).startsWith("lost the host device was closed");
  }

  @Test
  void aCommandMayNotCloseIt() throws InterruptedException {
    try (var queue = XQueue.on(device.openQueue()).open()) {
      var command = queue.submit(HostCommand.of(device::close));

      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(command))
          .withMessageContaining("do that on another thread");
      queue.await(queue.submit(commands.quick("next")));
    }
  }

  @Test
  void closedItOpensNoQueue() {
    var queue = device.openQueue();
    device.close();

    assertThatExceptionOfType(DeviceLostException.class).isThrownBy(device::openQueue);
    assertThatExceptionOfType(DeviceLostException.class).isThrownBy(queue::openShared);
    assertThatExceptionOfType(DeviceLostException.class)
        .as("an XQueue that nobody would tell of the loss")
        .isThrownBy(() -> XQueue.on(queue).open());
  }

  @Test
  void aQueueThatWasIdleWhenItClosedIsLostToo() {
    var queue = XQueue.on(device.openQueue()).open();

    device.close();

    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    assertThatCode(queue::close).doesNotThrowAnyException();
  }

  @Test
  void aClosedQueueIsOutOfTheTurns() throws InterruptedException {
    var shared = device.openQueue();
    var other = XQueue.on(shared.openShared()).open();
    XQueue.on(shared).open().close();
    XQueue.on(device.openQueue()).open().close();

    other.await(other.submit(commands.quick("still runs")));

    assertThat(commands.ran()).containsExactly("still runs");
  }
}
