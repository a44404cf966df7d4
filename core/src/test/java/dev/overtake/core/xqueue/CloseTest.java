package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import org.junit.jupiter.api.Test;

class CloseTest {
  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).name("q").launchConfig(new LaunchConfig(1, 1)).open();

  @Test
  void anIdleQueueClosesAtOnce() {
    queue.close();

    assertThat(hw.calls()).containsExactly("close");
    assertThat(queue.state()).isEqualTo(QueueState.CLOSED);
  }

  @Test
  void isIdempotent() {
    queue.close();
    queue.close();

    assertThat(hw.calls()).containsExactly("close");
  }

  @Test
  void dropsWhatIsPendingAndWaitsForWhatIsInFlight() throws InterruptedException {
    var inFlight = queue.submit(new Named("in flight"));
    var pending = queue.submit(new Named("pending"));
    hw.calls();

    var closing = Background.waitingIn(queue::close);
    assertThat(pending.state()).isEqualTo(State.DROPPED);
    assertThat(hw.calls()).isEmpty();
    hw.finish(1);

    assertThat(closing.outcome()).isNull();
    assertThat(inFlight.state()).isEqualTo(State.COMPLETED);
    assertThat(hw.calls()).containsExactly("close");
  }

  @Test
  void twoThreadsMayCloseAtOnce() throws InterruptedException {
    queue.submit(new Named("in flight"));
    hw.calls();
    var one = Background.waitingIn(queue::close);
    var two = Background.waitingIn(queue::close);

    hw.finish(1);

    assertThat(one.outcome()).isNull();
    assertThat(two.outcome()).isNull();
    assertThat(hw.calls()).containsExactly("close");
  }

  @Test
  void aSuspendedQueueLetsWhatTheHardwareHoldsBackFinish() throws InterruptedException {
    queue.setLevel(PreemptionLevel.L3);
    queue.submit(new Named("in flight"));
    queue.suspend();
    hw.calls();

    var closing = Background.waitingIn(queue::close);
    assertThat(hw.calls()).containsExactly("restore", "reactivate");
    hw.finish(1);

    assertThat(closing.outcome()).isNull();
  }

  @Test
  void aClosedQueueCannotBeStoppedAgain() throws InterruptedException {
    queue.setLevel(PreemptionLevel.L2);
    queue.submit(new Named("in flight"));
    var closing = Background.waitingIn(queue::close);
    hw.calls();

    queue.suspend();

    assertThat(hw.calls()).isEmpty();
    hw.finish(1);
    assertThat(closing.outcome()).isNull();
  }

  @Test
  void takesNoMoreCommandsAndLeavesThemForAnotherQueue() {
    queue.close();
    var command = new Named("late");

    assertThatIllegalStateException()
        .isThrownBy(() -> queue.submit(command))
        .withMessage("queue q is closed and takes no more commands");

    assertThat(command.state()).isEqualTo(State.CREATED);
    XQueue.on(new FakeHwQueue()).open().submit(command);
  }

  @Test
  void anInterruptDoesNotMakeItGiveUpTheHardwareEarly() throws InterruptedException {
    queue.submit(new Named("in flight"));
    var closing = Background.waitingIn(queue::close);
    hw.calls();

    closing.interrupt();
    assertThat(hw.calls()).isEmpty();
    hw.finish(1);

    assertThat(closing.outcome()).isNull();
    assertThat(hw.calls()).containsExactly("close");
  }
}
