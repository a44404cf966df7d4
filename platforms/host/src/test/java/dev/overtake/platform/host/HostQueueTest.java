package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.host.TestCommands.Blocker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the hardware does, without an XQueue above it. */
class HostQueueTest {
  private final HostDevice device = HostDevice.open(1);
  private final HostQueue queue = device.openQueue();
  private final RecordingListener events = RecordingListener.on(queue);
  private final TestCommands commands = new TestCommands();

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void runsCommandsInTheirOrderAndReportsTheMarkerBehindThem() throws InterruptedException {
    queue.launch(commands.quick("a"));
    queue.launch(commands.quick("b"));
    queue.marker(2);

    assertThat(events.next()).isEqualTo("completed 2");
    assertThat(commands.ran()).containsExactly("a", "b");
  }

  @Test
  void aMarkerWithNothingBeforeItIsReachedAtOnce() {
    queue.marker(7);

    assertThat(events.heardNothing()).isFalse();
  }

  @Test
  void aMarkerIsNotReachedBeforeWhatStandsBeforeItHasFinished() throws InterruptedException {
    Blocker first = launchBlocker(queue, "first");
    queue.marker(1);
    queue.launch(commands.quick("second"));
    queue.marker(2);

    assertThat(events.heardNothing()).isTrue();
    first.end();
    assertThat(events.next()).isEqualTo("completed 1");
    assertThat(events.next()).isEqualTo("completed 2");
  }

  @Test
  void queuesTakeTurnsACommandEach() throws InterruptedException {
    HostQueue other = device.openQueue();
    RecordingListener otherEvents = RecordingListener.on(other);
    Blocker first = launchBlocker(queue, "a1");
    queue.launch(commands.quick("a2"));
    queue.launch(commands.quick("a3"));
    queue.marker(3);
    other.launch(commands.quick("b1"));
    other.launch(commands.quick("b2"));
    other.marker(2);

    first.end();

    assertThat(events.next()).isEqualTo("completed 3");
    assertThat(otherEvents.next()).isEqualTo("completed 2");
    assertThat(commands.ran()).containsExactly("a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void queuesThatShareAHardwareQueueFormOneFifo() throws InterruptedException {
    HostQueue other = queue.openShared();
    RecordingListener otherEvents = RecordingListener.on(other);
    Blocker first = launchBlocker(queue, "a1");
    queue.launch(commands.quick("a2"));
    other.launch(commands.quick("b1"));
    queue.launch(commands.quick("a3"));
    queue.marker(3);
    other.launch(commands.quick("b2"));
    other.marker(2);

    first.end();

    assertThat(otherEvents.next()).isEqualTo("completed 2");
    assertThat(events.next()).isEqualTo("completed 3");
    assertThat(commands.ran()).containsExactly("a1", "a2", "b1", "a3", "b2");
  }

  @Test
  void deactivatedItRunsTheStartedCommandToItsEndAndKeepsTheOthersBack()
      throws InterruptedException {
    Blocker started = launchBlocker(queue, "started");
    queue.marker(1);
    queue.launch(commands.quick("not started"));
    queue.marker(2);

    queue.deactivate();
    started.end();
    assertThat(events.next()).isEqualTo("completed 1");
    queue.synchronize();
    assertThat(commands.ran()).containsExactly("started");
    assertThat(events.heardNothing()).isTrue();

    queue.reactivate();
    assertThat(events.next()).isEqualTo("completed 2");
    assertThat(commands.ran()).containsExactly("started", "not started");
  }

  @Test
  void deactivatedInASharedHardwareQueueItIsPassedOver() throws InterruptedException {
    HostQueue other = queue.openShared();
    RecordingListener otherEvents = RecordingListener.on(other);
    Blocker started = launchBlocker(other, "b1");
    queue.launch(commands.quick("a1"));
    queue.launch(commands.quick("a2"));
    queue.marker(2);
    other.launch(commands.quick("b2"));
    other.marker(2);

    queue.deactivate();
    started.end();
    assertThat(otherEvents.next()).isEqualTo("completed 2");
    queue.reactivate();

    assertThat(events.next()).isEqualTo("completed 2");
    assertThat(commands.ran()).containsExactly("b1", "b2", "a1", "a2");
  }

  @Test
  void interruptedItStopsBetweenStepsAndGoesOnExactlyWhereItStopped() throws InterruptedException {
    var command = commands.stepper("steps", 4);
    queue.launch(command);
    queue.marker(1);
    command.awaitStep(1).allow(1);
    command.awaitStep(2);

    queue.deactivate();
    queue.interrupt();
    command.allow(3);
    queue.synchronize();
    assertThat(command.done()).containsExactly(1, 2);
    assertThat(events.heardNothing()).isTrue();

    queue.restore();
    queue.reactivate();
    assertThat(events.next()).isEqualTo("completed 1");
    assertThat(command.done()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anInterruptedCommandRunsBeforeThoseBehindIt() throws InterruptedException {
    var command = commands.stepper("first", 2);
    queue.launch(command);
    queue.launch(commands.quick("second"));
    queue.marker(2);
    command.awaitStep(1);
    queue.deactivate();
    queue.interrupt();
    command.allow(2);
    queue.synchronize();

    queue.restore();
    queue.reactivate();

    assertThat(events.next()).isEqualTo("completed 2");
    assertThat(commands.ran()).containsExactly("first", "second");
  }

  @Test
  void othersRunWhileACommandIsInterrupted() throws InterruptedException {
    for (HostQueue other : new HostQueue[] {device.openQueue(), queue.openShared()}) {
      RecordingListener otherEvents = RecordingListener.on(other);
      var command = commands.stepper("interrupted", 2);
      queue.launch(command);
      queue.marker(1);
      command.awaitStep(1);
      queue.deactivate();
      queue.interrupt();
      other.launch(commands.quick("other"));
      other.marker(1);
      command.allow(2);

      assertThat(otherEvents.next()).isEqualTo("completed 1");
      assertThat(command.done()).containsExactly(1);
      queue.restore();
      queue.reactivate();
      assertThat(events.next()).isEqualTo("completed 1");
    }
  }

  @Test
  void easedFromL3ToL2TheInterruptedCommandGoesOnAndNoOther() throws InterruptedException {
    var command = commands.stepper("interrupted", 2);
    queue.launch(command);
    queue.marker(1);
    queue.launch(commands.quick("behind"));
    queue.marker(2);
    command.awaitStep(1);
    queue.deactivate();
    queue.interrupt();
    command.allow(2);
    queue.synchronize();

    queue.restore();

    assertThat(events.next()).isEqualTo("completed 1");
    queue.synchronize();
    assertThat(commands.ran()).containsExactly("interrupted");
  }

  @Test
  void synchronizeWaitsForAllThatWasLaunched() throws InterruptedException {
    Blocker command = launchBlocker(queue, "a");
    queue.launch(commands.quick("b"));
    var done = new AtomicBoolean();
    var waiter =
        Background.waitingIn(
            () -> {
              queue.synchronize();
              done.set(true);
            });

    assertThat(done).isFalse();
    command.end();
    assertThat(waiter.outcome()).isNull();
    assertThat(commands.ran()).containsExactly("a", "b");
  }

  @Test
  void synchronizeDoesNotWaitForOtherQueues() throws InterruptedException {
    HostQueue other = device.openQueue();
    RecordingListener.on(other);
    Blocker command = launchBlocker(other, "other");

    queue.synchronize();
    queue.openShared().synchronize();

    command.end();
  }

  @Test
  void synchronizeCanBeInterrupted() throws InterruptedException {
    Blocker command = launchBlocker(queue, "a");
    var waiter = Background.waitingIn(queue::synchronize);

    waiter.interrupt();

    assertThat(waiter.outcome()).isInstanceOf(InterruptedException.class);
    command.end();
  }

  @Test
  void synchronizeFromWithinACommandIsRefused() throws InterruptedException {
    queue.launch(HostCommand.of(queue::synchronize));
    queue.marker(1);

    assertThat(events.next())
        .startsWith("failed a command tried to synchronize a queue and would wait for itself");
    assertThat(events.next()).isEqualTo("completed 1");
  }

  @Test
  void aCommandThatThrowsFailsAndTheNextRuns() throws InterruptedException {
    queue.launch(
        HostCommand.of(
            () -> {
              throw new java.io.IOException("exception");
            }));
    queue.launch(
        HostCommand.of(
            () -> {
              throw new AssertionError("error");
            }));
    queue.launch(commands.quick("next"));
    queue.marker(3);

    assertThat(events.next()).isEqualTo("failed exception");
    assertThat(events.next()).isEqualTo("failed error");
    assertThat(events.next()).isEqualTo("completed 3");
    assertThat(commands.ran()).containsExactly("next");
  }

  @Test
  void anInterruptThatACommandLeavesBehindDoesNotReachTheNext() throws InterruptedException {
    var interrupted = new AtomicReference<Boolean>();
    queue.launch(HostCommand.of(() -> Thread.currentThread().interrupt()));
    queue.launch(HostCommand.of(() -> interrupted.set(Thread.currentThread().isInterrupted())));
    queue.marker(2);

    assertThat(events.next()).isEqualTo("completed 2");
    assertThat(interrupted).hasValue(false);
  }

  @Test
  void takesOneListener() {
    assertThatIllegalStateException()
        .isThrownBy(() -> RecordingListener.on(queue))
        .withMessageContaining("open one host queue for each");
  }

  @Test
  void refusesALaunchOrMarkerThatNobodyWouldHearOf() throws InterruptedException {
    HostQueue unattached = device.openQueue();

    assertThatIllegalStateException()
        .isThrownBy(() -> unattached.launch(commands.quick("unheard")))
        .withMessageContaining("attach one before launching");
    assertThatIllegalStateException().isThrownBy(() -> unattached.marker(1));
    queue.launch(commands.quick("a"));
    queue.marker(1);
    assertThat(events.next()).as("the engine lives").isEqualTo("completed 1");
    assertThat(commands.ran()).containsExactly("a");
  }

  @Test
  void reachesEveryLevel() {
    assertThat(queue.maxLevel()).isEqualTo(PreemptionLevel.L3);
    assertThat(queue.device()).isEqualTo("host");
    assertThat(queue.commandType()).isEqualTo(HostCommand.class);
  }

  private Blocker launchBlocker(HostQueue queue, String name) {
    Blocker blocker = commands.blocker(name);
    queue.launch(blocker);
    return blocker.awaitStart();
  }
}
