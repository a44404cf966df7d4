package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a command hears of its own way through a queue. */
class CommandLifeTest {
  private final FakeHwQueue hw = new FakeHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();

  /** Writes down what it hears, and in which state it then is. */
  private static class Telling extends FakeHwQueue.Named {
    final List<String> heard = new ArrayList<>();

    Telling() {
      super("telling");
    }

    @Override
    protected void accepted() {
      heard.add("accepted, " + state());
    }

    @Override
    protected void finished() {
      heard.add("finished, " + state());
    }
  }

  @Test
  void hearsThatItWasAcceptedAndThatItHasFinished() {
    Telling command = queue.submit(new Telling());
    assertThat(command.heard).containsExactly("accepted, CREATED");

    hw.finishAll();
    assertThat(command.heard).containsExactly("accepted, CREATED", "finished, IN_FLIGHT");
  }

  @Test
  void hearsThatItFailed() {
    Telling command = queue.submit(new Telling());

    hw.lose(new IllegalStateException("gone"));

    assertThat(command.heard).containsExactly("accepted, CREATED", "finished, IN_FLIGHT");
  }

  @Test
  void hearsThatItWasDropped() {
    queue.submit(new Telling());
    Telling pending = queue.submit(new Telling());

    queue.resume(ResumeFlag.DROP_PENDING);

    assertThat(pending.heard).containsExactly("accepted, CREATED", "finished, PENDING");
  }

  /** It must not; but nobody shall wait forever for it, or for what comes behind it. */
  @Test
  void oneThatThrowsWhenItHasFinishedIsFinishedAllTheSame() throws InterruptedException {
    var command =
        new Telling() {
          @Override
          protected void finished() {
            throw new IllegalStateException("as it must not");
          }
        };
    queue.submit(command);
    Telling next = queue.submit(new Telling());
    Telling dropped = queue.submit(new Telling());

    hw.finishAll();
    queue.await(command);
    queue.await(next);
    queue.resume(ResumeFlag.DROP_PENDING);
    queue.awaitAll();

    assertThat(command.state()).isEqualTo(Command.State.COMPLETED);
    assertThat(dropped.state().isFinished()).isTrue();
    assertThat(queue.counts().completed()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void oneThatRefusesLeavesTheQueueAsItWas() {
    var refuses = new AtomicBoolean(true);
    var command =
        new Telling() {
          @Override
          protected void accepted() {
            if (refuses.get()) {
              throw new IllegalArgumentException("closed");
            }
          }
        };

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.submit(command))
        .withMessage("closed");

    assertThat(queue.counts().submitted()).isZero();
    assertThat(command.heard).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> queue.await(command));

    refuses.set(false);
    queue.submit(command);
    assertThat(queue.counts().submitted()).isOne();
  }
}
