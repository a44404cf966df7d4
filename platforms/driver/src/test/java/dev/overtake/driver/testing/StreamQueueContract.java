package dev.overtake.driver.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an XQueue promises, on a device. */
public abstract class StreamQueueContract extends StreamContract {
  private XQueue open(PreemptionLevel level, int threshold, int batch) {
    return XQueue.on(openQueue(stream, level))
        .launchConfig(new LaunchConfig(threshold, batch))
        .level(level)
        .open();
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void runsEverythingInTheOrderOfSubmission(PreemptionLevel level) throws InterruptedException {
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    HostWord count = device.word();
    try (XQueue queue = open(level, 4, 2)) {
      for (int i = 0; i < 200; i++) {
        int number = i;
        queue.submit(device.command("add_one", count));
        queue.submit(
            device.host(
                () -> {
                  assertThat(count.value()).isEqualTo(number + 1);
                  ran.add(number);
                }));
      }
      queue.awaitAll();
      assertThat(queue.counts().completed()).isEqualTo(400);
    }
    assertThat(ran).containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    assertThat(count.value()).isEqualTo(200);
  }

  @Test
  void atLevel1WhatIsLaunchedRunsOnAndWhatIsPendingDoesNot() throws InterruptedException {
    HostWord go = device.word();
    HostWord count = device.word();
    try (XQueue queue = open(PreemptionLevel.L1, 3, 1)) {
      queue.submit(device.command("await_word", go));
      for (int i = 0; i < 4; i++) {
        queue.submit(device.command("add_one", count));
      }
      queue.suspend();
      go.set(1);
      queue.suspend(SuspendFlag.SYNCHRONIZE);

      assertThat(count.value()).as("in flight were the first three commands").isEqualTo(2);
      queue.resume();
      queue.awaitAll();
      assertThat(count.value()).isEqualTo(4);
    }
  }

  @Test
  void atLevel2WhatIsLaunchedStopsAtTheNextCommand() throws InterruptedException {
    HostWord go = device.word();
    HostWord count = device.word();
    try (XQueue queue = open(PreemptionLevel.L2, 16, 8)) {
      queue.submit(device.command("await_word", go));
      for (int i = 0; i < 15; i++) {
        queue.submit(device.command("add_one", count));
      }
      assertThat(queue.counts().launched()).isEqualTo(16);
      go.awaitKernel();
      queue.suspend();
      go.set(1);
      queue.suspend(SuspendFlag.SYNCHRONIZE);

      assertThat(count.value()).isZero();
      assertThat(queue.counts().completed()).isLessThanOrEqualTo(1);
      queue.resume();
      queue.awaitAll();
      assertThat(count.value()).isEqualTo(15);
    }
  }

  @Test
  void atLevel2TheRunningCommandIsWaitedForAndNoOther() throws InterruptedException {
    HostWord go = device.word();
    HostWord count = device.word();
    try (XQueue queue = open(PreemptionLevel.L2, 16, 8)) {
      queue.submit(device.command("await_word", go));
      queue.submit(device.command("add_one", count));
      go.awaitKernel();
      queue.suspend();

      var synchronizing = Background.waitingIn(() -> queue.suspend(SuspendFlag.SYNCHRONIZE));
      assertThat(synchronizing.isDone()).isFalse();
      go.set(1);
      assertThat(synchronizing.outcome()).isNull();
      assertThat(count.value()).isZero();
      queue.resume();
      queue.awaitAll();
      assertThat(count.value()).isEqualTo(1);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void closesWhileItIsSuspendedAtLevel2() throws InterruptedException {
    HostWord go = device.word();
    HostWord count = device.word();
    XQueue queue = open(PreemptionLevel.L2, 4, 2);
    queue.submit(device.command("await_word", go));
    queue.submit(device.command("add_one", count));
    go.awaitKernel();
    queue.suspend();
    queue.submit(device.command("add_one", count));
    go.set(1);
    queue.suspend(SuspendFlag.SYNCHRONIZE);
    assertThat(count.value()).as("stopped at the gate").isZero();

    queue.close();

    assertThat(queue.counts().dropped()).isEqualTo(1);
    assertThat(count.value()).as("what was launched has passed").isEqualTo(1);
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void anotherQueueRunsWhileOneIsStoppedAtLevel2() throws InterruptedException {
    HostWord go = device.word();
    HostWord count = device.word();
    try (TestStream otherStream = device.newStream();
        XQueue low = open(PreemptionLevel.L2, 16, 8);
        XQueue high = XQueue.on(otherStream.openQueue(PreemptionLevel.L1)).open()) {
      low.submit(device.command("await_word", go));
      low.submit(device.command("add_one", count));
      go.awaitKernel();
      low.suspend();
      go.set(1);

      high.submit(device.host(() -> count.set(10)));
      high.awaitAll();
      device.word().close(); // With memory the driver may wait for all work, low's too.
      high.submit(device.command("empty"));
      high.awaitAll();

      assertThat(count.value()).isEqualTo(10);
      low.resume();
      low.awaitAll();
      assertThat(count.value()).isEqualTo(11);
    }
  }

  @Test
  void queuesThatShareAStreamRunInTheOrderOfTheirLaunches() throws InterruptedException {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    try (XQueue first = open(PreemptionLevel.L1, 16, 8);
        XQueue second = open(PreemptionLevel.L1, 16, 8)) {
      first.submit(device.host(() -> ran.add("first")));
      second.submit(device.host(() -> ran.add("second")));
      first.submit(device.host(() -> ran.add("third")));
      first.awaitAll();
      second.awaitAll();
    }
    assertThat(ran).containsExactly("first", "second", "third");
  }

  @Test
  void aHostFunctionThatThrowsFailsAndTheNextRuns() throws InterruptedException {
    var ran = new ArrayList<String>();
    try (XQueue queue = open(PreemptionLevel.L1, 4, 4)) {
      Command failing =
          queue.submit(
              device.host(
                  () -> {
                    throw new IllegalStateException("of its own");
                  }));
      Command next = queue.submit(device.host(() -> ran.add("next")));

      queue.await(next);
      assertThatThrownBy(() -> queue.await(failing))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContaining("of its own");
      assertThat(ran).containsExactly("next");
    }
  }

  @Test
  void aHostFunctionCannotSynchronizeAQueue() throws InterruptedException {
    HwQueue hwQueue = stream.openQueue(PreemptionLevel.L1);
    try (XQueue queue = XQueue.on(hwQueue).open()) {
      var caught = new CompletableFuture<Throwable>();
      queue.submit(
          device.host(
              () -> {
                try {
                  hwQueue.synchronize();
                } catch (IllegalStateException | InterruptedException e) {
                  caught.complete(e);
                }
              }));
      queue.awaitAll();
      assertThat(caught.join()).isInstanceOf(IllegalStateException.class);
      hwQueue.synchronize();
    }
    hwQueue.synchronize();
  }

  @Test
  void aStreamThatIsClosedServesTheQueuesThatAreOpen() throws InterruptedException {
    TestStream own = device.newStream();
    try (XQueue queue = XQueue.on(own.openQueue(PreemptionLevel.L1)).open()) {
      own.close();
      queue.submit(device.command("empty"));
      queue.awaitAll();
      assertThatIllegalStateException().isThrownBy(() -> own.openQueue(PreemptionLevel.L1));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  @Timeout(300)
  void tenThousandQueuesLeaveNothingBehind(PreemptionLevel level) throws InterruptedException {
    HostWord count = device.word();
    cycle(count, level); // What the device has for all of them.
    device.settle();
    long freeBefore = device.freeBytes();
    Object heldBefore = device.held();
    int threadsBefore = Thread.getAllStackTraces().size();

    for (int i = 1; i < 10_000; i++) {
      cycle(count, level);
    }

    device.settle();
    assertThat(count.value()).isEqualTo(10_000);
    assertThat(device.held()).isEqualTo(heldBefore);
    assertThat(Thread.getAllStackTraces().size()).isLessThan(threadsBefore + 10);
    assertThat(freeBefore - device.freeBytes()).isLessThanOrEqualTo(2L << 20);
  }

  private void cycle(HostWord count, PreemptionLevel level) throws InterruptedException {
    try (TestStream own = device.newStream();
        XQueue queue = XQueue.on(openQueue(own, level)).level(level).open()) {
      queue.await(queue.submit(device.command("add_one", count)));
    }
  }
}
