package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AwaitTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(2, 1)).open();

  @Test
  void returnsAtOnceIfTheCommandHasFinished() throws InterruptedException {
    var command = queue.submit(new Named("a"));
    hw.finish(1);

    queue.await(command);
    assertThat(queue.await(command, Duration.ZERO)).isTrue();
    assertThat(command.state()).isEqualTo(State.COMPLETED);
  }

  @Test
  void waitsForTheCommandAndNotForThoseBehindIt() throws InterruptedException {
    var first = queue.submit(new Named("first"));
    var second = queue.submit(new Named("second"));
    var waiter = Background.waitingIn(() -> queue.await(first));

    hw.finish(1);

    assertThat(waiter.outcome()).isNull();
    assertThat(second.state()).isEqualTo(State.IN_FLIGHT);
  }

  @Test
  void keepsWaitingWhileOthersFinish() throws InterruptedException {
    queue.submit(new Named("first"));
    var second = queue.submit(new Named("second"));
    var waiter = Background.waitingIn(() -> queue.await(second));

    hw.finish(1);
    assertThat(waiter.isDone()).isFalse();
    hw.finish(1);
    assertThat(waiter.outcome()).isNull();
  }

  @Test
  void servesSeveralWaitersOfOneCommand() throws InterruptedException {
    var command = queue.submit(new Named("a"));
    var one = Background.waitingIn(() -> queue.await(command));
    var two = Background.waitingIn(() -> queue.await(command, Duration.ofDays(100_000)));
    var all = Background.waitingIn(queue::awaitAll);

    hw.finish(1);

    assertThat(one.outcome()).isNull();
    assertThat(two.outcome()).isNull();
    assertThat(all.outcome()).isNull();
  }

  /** A launch may take long, and has the queue for itself. */
  @Test
  void waitsNoLongerThanItsTimeForALaunchEither() throws InterruptedException {
    var command = queue.submit(new Named("first"));
    var launching = new CountDownLatch(1);
    var launched = new CountDownLatch(1);
    hw.duringNextLaunch(
        () -> {
          launching.countDown();
          awaitQuietly(launched);
        });
    var submitter = Background.started(() -> queue.submit(new Named("second")));
    launching.await();

    assertThat(queue.await(command, SHORT)).isFalse();
    assertThat(queue.awaitAll(SHORT)).isFalse();

    launched.countDown();
    assertThat(submitter.outcome()).isNull();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** On a machine with few processors nobody spins, and the same holds. */
  @Test
  void whoSpinsForACommandSeesItsEndTheTimeOutAndAnInterruption() throws InterruptedException {
    hw.spinFor(Long.MAX_VALUE);
    queue.setHints(Hints.priority(1));
    var command = queue.submit(new Named("a"));
    assertThat(queue.await(command, SHORT)).isFalse();
    var interrupted = Background.started(() -> queue.await(command));
    interrupted.interrupt();
    assertThat(interrupted.outcome()).isInstanceOf(InterruptedException.class);
    var waiter = Background.started(() -> queue.await(command));

    hw.finish(1);

    assertThat(waiter.outcome()).isNull();
  }

  @Test
  void whoHasSpunForLongEnoughParks() throws InterruptedException {
    hw.spinFor(1_000_000);
    queue.setHints(Hints.priority(1));
    var command = queue.submit(new Named("a"));
    var waiter = Background.waitingIn(() -> queue.await(command));

    hw.finish(1);

    assertThat(waiter.outcome()).isNull();
  }

  @Test
  void givesUpAtTheTimeOut() throws InterruptedException {
    var command = queue.submit(new Named("a"));

    assertThat(queue.await(command, SHORT)).isFalse();
    assertThat(queue.await(command, Duration.ZERO)).isFalse();
    assertThat(queue.await(command, Duration.ofSeconds(-1))).isFalse();
    assertThat(queue.awaitAll(SHORT)).isFalse();
    hw.finish(1);
    assertThat(queue.await(command, SHORT)).isTrue();
    assertThat(queue.awaitAll(Duration.ZERO)).isTrue();
  }

  @Test
  void anInterruptedWaiterLeavesAndTheQueueGoesOn() throws InterruptedException {
    var command = queue.submit(new Named("a"));
    var one = Background.waitingIn(() -> queue.await(command));
    var all = Background.waitingIn(queue::awaitAll);
    var stays = Background.waitingIn(() -> queue.await(command));

    one.interrupt();
    all.interrupt();

    assertThat(one.outcome()).isInstanceOf(InterruptedException.class);
    assertThat(all.outcome()).isInstanceOf(InterruptedException.class);
    hw.finish(1);
    assertThat(stays.outcome()).isNull();
  }

  @Test
  void awaitAllOfAnIdleQueueReturnsAtOnce() throws InterruptedException {
    queue.awaitAll();
    assertThat(queue.awaitAll(Duration.ZERO)).isTrue();
  }

  @Test
  void awaitAllDoesNotWaitForWhatIsSubmittedLater() throws InterruptedException {
    queue.submit(new Named("before"));
    var waiter = Background.waitingIn(queue::awaitAll);
    queue.submit(new Named("after"));

    hw.finish(1);

    assertThat(waiter.outcome()).isNull();
    assertThat(queue.state()).isEqualTo(QueueState.READY);
  }

  @Test
  void awaitAllCountsDroppedCommandsAsFinished() throws InterruptedException {
    queue.suspend();
    var command = queue.submit(new Named("a"));
    var all = Background.waitingIn(queue::awaitAll);
    var one = Background.waitingIn(() -> queue.await(command));

    queue.resume(ResumeFlag.DROP_PENDING);

    assertThat(all.outcome()).isNull();
    assertThat(one.outcome())
        .isInstanceOf(CommandDroppedException.class)
        .hasMessageContaining(queue.name());
  }

  @Test
  void refusesACommandOfAnotherQueue() {
    var other = XQueue.on(new FakeHwQueue()).name("other").open();
    var elsewhere = other.submit(new Named("a"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.await(elsewhere))
        .withMessageContaining(queue.name());
    assertThatThrownBy(() -> queue.await(new Named("never submitted"), SHORT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
