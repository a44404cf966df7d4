package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.testing.SilentListener;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queues whose launching is done by a thread of its own. */
class LaunchThreadTest {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();
  private final LaunchThread thread = new LaunchThread("launches");

  @AfterEach
  void close() {
    thread.close();
    stream.close();
    gpu.close();
  }

  private static CudaCommand call(Runnable action) {
    return CudaCommand.call(_ -> action.run());
  }

  @Test
  void launchesInOrderWhoeverSubmits() throws InterruptedException {
    List<String> launched = Collections.synchronizedList(new ArrayList<>());
    try (XQueue queue =
        XQueue.on(thread.launching(stream.openQueue()))
            .launchConfig(new LaunchConfig(2, 1))
            .open()) {
      for (int i = 0; i < 20; i++) {
        int number = i;
        queue.submit(call(() -> launched.add(number + Thread.currentThread().getName())));
      }
      queue.awaitAll();
    }
    assertThat(launched).hasSize(20).startsWith("0launches").endsWith("19launches");
  }

  @Test
  void aSubmitterDoesNotWaitForTheLaunch() throws InterruptedException {
    var submitted = new CountDownLatch(1);
    try (XQueue queue = XQueue.on(thread.launching(stream.openQueue())).open()) {
      CudaCommand command = call(() -> awaitQuietly(submitted));
      queue.submit(command);
      submitted.countDown(); // Not reached, if submitting launched.
      queue.await(command);
    }
  }

  @Test
  void whoWaitsSpinsAsLongAsWithoutIt() {
    CudaHwQueue queue = stream.openQueue();
    try (HwQueue launching = thread.launching(queue)) {
      assertThat(launching.spinNanos()).isEqualTo(queue.spinNanos()).isPositive();
      assertThat(launching.device()).isEqualTo(queue.device());
      assertThat(launching.maxLevel()).isEqualTo(queue.maxLevel());
    }
  }

  @Test
  void whoIsInterruptedStillClosesAllInItsTurn() throws InterruptedException {
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    var busy = new CountDownLatch(1);
    HwQueue launching = thread.launching(stream.openQueue());
    launching.attach(new SilentListener());
    launching.launch(call(() -> awaitQuietly(busy)));
    launching.launch(call(() -> done.add("launched")));
    Thread closing =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  launching.close();
                  thread.close();
                  done.add("closed, interrupted: " + Thread.currentThread().isInterrupted());
                });
    while (closing.getState() != Thread.State.WAITING && closing.isAlive()) {
      Thread.onSpinWait();
    }
    busy.countDown();
    closing.join();
    assertThat(done).containsExactly("launched", "closed, interrupted: true");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSuspensionThatWaitsAtLevel1WaitsForWhatWasHandedOver() throws InterruptedException {
    List<Integer> launched = Collections.synchronizedList(new ArrayList<>());
    try (XQueue queue =
        XQueue.on(thread.launching(stream.openQueue()))
            .launchConfig(new LaunchConfig(2, 1))
            .open()) {
      for (int i = 0; i < 50; i++) {
        int number = i;
        queue.submit(call(() -> launched.add(number)));
      }
      queue.suspend(SuspendFlag.SYNCHRONIZE);
      int then = launched.size();
      thread.run(() -> {});
      assertThat(launched).hasSize(then);
      queue.resume();
      queue.awaitAll();
      assertThat(launched).hasSize(50).isSorted();
    }
  }

  @Test
  void atLevel2WhatIsLaunchedLaterStandsBehindTheGate() throws InterruptedException {
    TestGpu.Word word = gpu.word();
    try (XQueue queue =
        XQueue.on(thread.launching(stream.openQueue(PreemptionLevel.L2)))
            .level(PreemptionLevel.L2)
            .launchConfig(new LaunchConfig(16, 8))
            .open()) {
      queue.submit(call(() -> {}));
      queue.awaitAll();
      queue.suspend(SuspendFlag.SYNCHRONIZE);
      queue.submit(CudaCommand.host(() -> word.set(1)));
      queue.resume();
      queue.awaitAll();
      assertThat(word.value()).isEqualTo(1);
    }
    word.buffer().close();
  }

  /** A launch may wait for room in the stream, which there is when the gate is open. */
  @Test
  void theGateMovesWhileACommandIsBeingLaunched() throws InterruptedException {
    var moved = new CountDownLatch(1);
    try (XQueue queue =
        XQueue.on(thread.launching(stream.openQueue(PreemptionLevel.L2)))
            .level(PreemptionLevel.L2)
            .open()) {
      queue.submit(call(() -> awaitQuietly(moved)));
      queue.suspend();
      queue.resume();
      moved.countDown(); // Not reached, if suspending waited for the launch.
      queue.awaitAll();
    }
  }

  @Test
  void tellsWhatAnActionThrew() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                thread.run(
                    () -> {
                      throw new IllegalStateException("as it was");
                    }))
        .withMessage("as it was");
  }
}
