package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The example of the README, and what it claims. */
class ReadmeExampleTest {
  private static final int COMMANDS = 100;

  private final CountDownLatch answerSubmitted = new CountDownLatch(1);
  private final AtomicInteger trained = new AtomicInteger();
  private int trainedBeforeAnswer;

  @Test
  void theAnswerOvertakesWhatBatchHasPending() throws InterruptedException {
    try (var device = HostDevice.open(1);
        var scheduler = new LocalScheduler(new HighestPriorityFirst());
        var serve =
            XQueue.on(device.openQueue()).scheduler(scheduler).hints(Hints.priority(10)).open();
        var batch =
            XQueue.on(device.openQueue())
                .scheduler(scheduler)
                .launchConfig(new LaunchConfig(1, 1))
                .open()) {
      for (int i = 0; i < COMMANDS; i++) {
        batch.submit(HostCommand.of(this::train));
      }
      var answer = serve.submit(HostCommand.of(this::answer));
      answerSubmitted.countDown();
      serve.await(answer);
      batch.awaitAll();
    }

    assertThat(trainedBeforeAnswer).as("the running command, at the most").isLessThanOrEqualTo(1);
    assertThat(trained).hasValue(COMMANDS);
  }

  /** The first one runs until the answer is submitted. */
  private void train() throws InterruptedException {
    answerSubmitted.await();
    trained.incrementAndGet();
  }

  private void answer() {
    trainedBeforeAnswer = trained.get();
  }
}
