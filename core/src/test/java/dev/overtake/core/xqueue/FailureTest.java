package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A command that fails: the queue goes on. */
class FailureTest {
  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).name("q").launchConfig(new LaunchConfig(4, 4)).open();
  private final Exception cause = new Exception("out of ideas");

  @Test
  void reachesWhoAwaitsTheCommand() throws InterruptedException {
    var command = queue.submit(new Named("a"));
    var waiter = Background.waitingIn(() -> queue.await(command));

    hw.fail(cause);

    assertThat(waiter.outcome())
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("q")
        .hasMessageContaining("out of ideas")
        .hasCause(cause);
    assertThat(command.state()).isEqualTo(State.FAILED);
    assertThat(command.failure()).isSameAs(cause);
    assertThatExceptionOfType(CommandFailedException.class)
        .as("again, whenever it is asked")
        .isThrownBy(() -> queue.await(command));
  }

  @Test
  void reachesTheNextAwaitAllOnce() throws InterruptedException {
    queue.submit(new Named("a"));
    hw.fail(cause);

    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(queue::awaitAll)
        .withCause(cause);
    queue.awaitAll();
  }

  @Test
  void ofSeveralFailuresAwaitAllReportsTheFirstAndForgetsTheOthers() throws InterruptedException {
    queue.submit(new Named("a"));
    queue.submit(new Named("b"));
    hw.fail(cause);
    hw.fail(new Exception("second"));

    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(queue::awaitAll)
        .withCause(cause);
    queue.awaitAll();
  }

  @Test
  void isKeptForTheNextAwaitAllIfThisOneTimesOut() throws InterruptedException {
    queue.submit(new Named("a"));
    queue.submit(new Named("b"));
    hw.fail(cause);

    assertThat(queue.awaitAll(Duration.ZERO)).isFalse();
    hw.finish(1);
    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(() -> queue.awaitAll(Duration.ZERO));
  }

  @Test
  void doesNotStopTheCommandsBehindIt() throws InterruptedException {
    queue.submit(new Named("a"));
    var next = queue.submit(new Named("b"));
    hw.fail(cause);
    hw.finish(1);

    queue.await(next);
    assertThat(queue.counts()).isEqualTo(new CommandCounts(2, 2, 1, 1, 0));
  }

  @Test
  void isNotToldBeforeAMarkerProvesTheCommandFinished() {
    queue.suspend();
    var first = queue.submit(new Named("a"));
    queue.submit(new Named("b"));
    queue.resume();

    hw.fail(cause);
    assertThat(first.state()).isEqualTo(State.IN_FLIGHT);
    assertThat(first.failure()).isNull();
    hw.finish(1);
    assertThat(first.failure()).isSameAs(cause);
  }

  static Throwable[] refusals() {
    return new Throwable[] {new IllegalStateException("no"), new UnsatisfiedLinkError("no driver")};
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusedLaunchIsTheCommandsOwnFailure(Throwable refusal) throws InterruptedException {
    hw.refuseNextLaunch(refusal);
    var refused = queue.submit(new Named("refused"));
    var next = queue.submit(new Named("next"));
    hw.finish(1);

    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(() -> queue.await(refused))
        .withCause(refusal);
    queue.await(next);
    assertThat(queue.counts()).isEqualTo(new CommandCounts(2, 2, 1, 1, 0));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusedMarkerLosesTheQueue(Throwable refusal) throws InterruptedException {
    hw.refuseNextMarker(refusal);
    var command = queue.submit(new Named("a"));

    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(() -> queue.await(command))
        .withCause(refusal);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void hardwareThatRefusesToStopLosesTheQueue(Throwable refusal) throws InterruptedException {
    queue.setLevel(PreemptionLevel.L2);
    var command = queue.submit(new Named("a"));
    hw.refuseNextDeactivate(refusal);

    queue.suspend();

    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    assertThatExceptionOfType(CommandFailedException.class)
        .isThrownBy(() -> queue.await(command))
        .withCause(refusal);
    assertThatCode(queue::close).doesNotThrowAnyException();
  }

  @Test
  void ofALaunchAndItsMarkerRefusedTheLaunchIsWhatTheCommandReports() {
    hw.refuseNextLaunch(new IllegalStateException("launch"));
    hw.refuseNextMarker(new IllegalStateException("marker"));

    var command = queue.submit(new Named("a"));

    assertThat(command.failure()).hasMessage("launch");
    assertThat(queue.state()).isEqualTo(QueueState.LOST);
  }
}
