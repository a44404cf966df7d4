package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LostDeviceTest {
  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).name("q").launchConfig(new LaunchConfig(1, 1)).open();
  private final DeviceLostException cause = new DeviceLostException("unplugged");

  @Test
  void failsWhatIsInFlightAndWhatIsPending() {
    var inFlight = queue.submit(new Named("in flight"));
    var pending = queue.submit(new Named("pending"));

    hw.lose(cause);

    assertThat(Stream.of(inFlight, pending).map(Command::state)).containsOnly(State.FAILED);
    assertThat(Stream.of(inFlight, pending).map(Command::failure)).containsOnly(cause);
    assertThat(queue.counts()).isEqualTo(new CommandCounts(2, 1, 0, 2, 0));
    assertThat(queue.state()).isEqualTo(QueueState.LOST);
  }

  @Test
  void wakesEveryWaiter() throws InterruptedException {
    queue.submit(new Named("in flight"));
    var pending = queue.submit(new Named("pending"));
    var one = Background.waitingIn(() -> queue.await(pending));
    var all = Background.waitingIn(queue::awaitAll);

    hw.lose(cause);

    assertThat(one.outcome()).isInstanceOf(CommandFailedException.class).hasCause(cause);
    assertThat(all.outcome()).isInstanceOf(CommandFailedException.class).hasCause(cause);
  }

  @Test
  void awaitAllSaysThatTheDeviceIsGoneEvenIfNothingWasLostWithIt() {
    hw.lose(cause);

    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(queue::awaitAll)
        .withMessageContaining("unplugged");
  }

  @Test
  void leavesACommandThatHadFailedBeforeItsOwnFailure() {
    var failed = queue.submit(new Named("a"));
    var own = new Exception("its own");
    hw.reportFailure(own);

    hw.lose(cause);

    assertThat(failed.failure()).isSameAs(own);
  }

  @Test
  void takesNoMoreCommandsAndSaysWhy() {
    hw.lose(cause);

    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(() -> queue.submit(new Named("late")))
        .withMessageContaining("q")
        .withMessageContaining("unplugged")
        .withCause(cause);
    assertThat(hw.calls()).isEmpty();
  }

  @Test
  void tellsTheHardwareNothingMore() {
    queue.setLevel(PreemptionLevel.L3);
    queue.submit(new Named("a"));
    queue.submit(new Named("b"));
    hw.lose(cause);
    hw.calls();

    queue.suspend();
    queue.setLevel(PreemptionLevel.L2);
    queue.setLaunchConfig(new LaunchConfig(8, 8));
    queue.resume();
    queue.resume(ResumeFlag.DROP_PENDING);

    assertThat(hw.calls()).isEmpty();
  }

  @Test
  void ignoresWhatTheHardwareReportsLate() {
    queue.submit(new Named("a"));
    hw.lose(cause);

    hw.finish(1);
    hw.lose(new DeviceLostException("again"));

    assertThat(queue.counts()).isEqualTo(new CommandCounts(1, 1, 0, 1, 0));
  }

  @Test
  void closesWithoutWaiting() {
    queue.submit(new Named("a"));
    var closing = Background.waitingIn(queue::close);

    hw.lose(cause);

    assertThat(closing).extracting(LostDeviceTest::outcome).isNull();
    assertThat(hw.calls()).endsWith("close");
    assertThat(queue.state()).isEqualTo(QueueState.LOST);
  }

  private static Throwable outcome(Background<?> background) {
    try {
      return background.outcome();
    } catch (InterruptedException e) {
      return e;
    }
  }
}
