package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an XQueue promises, on a device. */
class CudaXQueueTest {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  private XQueue open(PreemptionLevel level, int threshold, int batch) {
    return XQueue.on(stream.openQueue(level))
        .launchConfig(new LaunchConfig(threshold, batch))
        .level(level)
        .open();
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void runsEverythingInTheOrderOfSubmission(PreemptionLevel level) throws InterruptedException {
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    var count = gpu.word();
    var addOne = gpu.kernel("add_one").bind(count.buffer());
    try (XQueue queue = open(level, 4, 2)) {
      for (int i = 0; i < 200; i++) {
        int number = i;
        queue.submit(addOne.launch(LaunchShape.of(1, 1)));
        queue.submit(
            CudaCommand.host(
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
    var go = gpu.word();
    var count = gpu.word();
    try (XQueue queue = open(PreemptionLevel.L1, 3, 1)) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      for (int i = 0; i < 4; i++) {
        queue.submit(gpu.launch("add_one", count.buffer()));
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
    var go = gpu.word();
    var count = gpu.word();
    try (XQueue queue = open(PreemptionLevel.L2, 16, 8)) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      for (int i = 0; i < 15; i++) {
        queue.submit(gpu.launch("add_one", count.buffer()));
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
    var go = gpu.word();
    var count = gpu.word();
    try (XQueue queue = open(PreemptionLevel.L2, 16, 8)) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(gpu.launch("add_one", count.buffer()));
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
    var go = gpu.word();
    var count = gpu.word();
    XQueue queue = open(PreemptionLevel.L2, 4, 2);
    queue.submit(gpu.launch("await_word", go.buffer()));
    queue.submit(gpu.launch("add_one", count.buffer()));
    go.awaitKernel();
    queue.suspend();
    queue.submit(gpu.launch("add_one", count.buffer()));
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
    var count = gpu.word();
    try (CudaStream otherStream = gpu.context.newStream();
        XQueue low = open(PreemptionLevel.L2, 16, 8);
        XQueue high = XQueue.on(otherStream.openQueue()).open()) {
      var go = gpu.word();
      // Beforehand: to load a module or a kernel, the driver waits for all work of the context.
      CudaModule used = TestGpu.load(gpu.context);
      CudaKernel kernel = used.kernel("empty");
      CudaModule unused = TestGpu.load(gpu.context);
      low.submit(gpu.launch("await_word", go.buffer()));
      low.submit(gpu.launch("add_one", count.buffer()));
      go.awaitKernel();
      low.suspend();
      go.set(1);

      high.submit(CudaCommand.host(() -> count.set(10)));
      high.awaitAll();
      DeviceBuffer memory = gpu.context.allocate(1 << 20);
      memory.close();
      HostBuffer host = gpu.context.allocateHost(64);
      high.submit(CudaCommand.host(() -> {}));
      host.close(); // Of these the driver waits for all work, low's too.
      unused.close();
      high.submit(kernel.bind().launch(LaunchShape.of(1, 1)));
      used.close();
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
    try (XQueue first = XQueue.on(stream.openQueue()).open();
        XQueue second = XQueue.on(stream.openQueue()).open()) {
      first.submit(CudaCommand.host(() -> ran.add("first")));
      second.submit(CudaCommand.host(() -> ran.add("second")));
      first.submit(CudaCommand.host(() -> ran.add("third")));
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
              CudaCommand.host(
                  () -> {
                    throw new IllegalStateException("of its own");
                  }));
      Command next = queue.submit(CudaCommand.host(() -> ran.add("next")));

      queue.await(next);
      assertThatThrownBy(() -> queue.await(failing))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContaining("of its own");
      assertThat(ran).containsExactly("next");
    }
  }

  @Test
  void aHostFunctionCannotSynchronizeAQueue() throws InterruptedException {
    CudaHwQueue hwQueue = stream.openQueue();
    try (XQueue queue = XQueue.on(hwQueue).open()) {
      var caught = new CompletableFuture<Throwable>();
      queue.submit(
          CudaCommand.host(
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
  void aLibraryCallGetsTheStreamAndItsFailureIsTheCommands() throws InterruptedException {
    try (XQueue queue = open(PreemptionLevel.L1, 4, 4)) {
      var handles = new ArrayList<Long>();
      queue.submit(CudaCommand.call(s -> handles.add(s.handle())));
      Command failing =
          queue.submit(
              CudaCommand.call(
                  _ -> {
                    throw new java.io.IOException("refused");
                  }));
      assertThatThrownBy(() -> queue.await(failing)).hasMessageContaining("refused");
      assertThat(handles).containsExactly(stream.handle());
    }
  }
}
