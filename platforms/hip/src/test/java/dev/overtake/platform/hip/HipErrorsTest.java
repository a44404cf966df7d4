package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Wrong use, and a device that fails. */
class HipErrorsTest {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  private final TestGpu gpu = new TestGpu();

  @AfterEach
  void close() {
    gpu.close();
  }

  @Test
  void aClosedBufferIsRefused() {
    HipBuffer buffer = gpu.device.allocate(64);
    HipCommand command = HipCommand.fill(buffer, (byte) 0);
    buffer.close();
    buffer.close();

    assertThatIllegalStateException().isThrownBy(buffer::address).withMessageContaining("64 bytes");
    try (HipStream stream = gpu.device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> queue.submit(command))
          .withMessage("buffer of 64 bytes on " + gpu.device.label() + " is closed");
      assertThat(queue.state()).isEqualTo(QueueState.IDLE);
    }
  }

  @Test
  void ofSeveralBuffersTheOneThatIsClosedIsToldAndTheOthersAreLetGo() {
    HipBuffer open = gpu.device.allocate(64);
    HipBuffer closed = gpu.device.allocate(64);
    HipCommand command = HipCommand.copy(open, closed);
    closed.close();
    try (HipStream stream = gpu.device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      assertThatIllegalStateException().isThrownBy(() -> queue.submit(command));
    }
    open.close();
    assertThatIllegalStateException().as("freed at once").isThrownBy(open.lifetime::requireAlive);
  }

  @Test
  void aBufferOfAnotherDeviceIsRefusedByTheLaunch() throws InterruptedException {
    try (HipBuffer foreign = anotherDevice().allocate(64);
        HipStream stream = gpu.device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      var command = queue.submit(HipCommand.fill(foreign, (byte) 0));

      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(command))
          .withMessageContaining("cannot be used by a queue of " + gpu.device.label())
          .withCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  private HipDevice anotherDevice() {
    List<HipDevice> all = HipDevice.all();
    assumeThat(all).as("a second device").hasSizeGreaterThan(1);
    return all.get((gpu.device.ordinal() + 1) % all.size());
  }

  @Test
  void argumentsOfAnotherTypeAreRefused() {
    HipKernel addOne = gpu.kernel("add_one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> addOne.bind("a string"))
        .withMessageContaining("java.lang.String");
    assertThat(addOne.bind(5L)).isNotNull();
  }

  @Test
  void aShapeBeyondTheKernelsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gpu.kernel("empty").bind().launch(LaunchShape.of(1, 2048)))
        .withMessageContaining("at most 1024 threads a block");
    assertThatIllegalArgumentException().isThrownBy(() -> LaunchShape.of(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> ONE_THREAD.withSharedBytes(-1));
  }

  @Test
  void aKernelThatTheModuleDoesNotHaveIsToldByTheDriversName() {
    assertThatExceptionOfType(HipStatusException.class)
        .isThrownBy(() -> TestGpu.load(gpu.device).kernel("missing"))
        .withMessageStartingWith("hipModuleGetFunction: hipErrorNotFound")
        .satisfies(e -> assertThat(e.status()).isEqualTo(500))
        .satisfies(e -> assertThat(e.statusName()).isEqualTo("hipErrorNotFound"))
        .satisfies(e -> assertThat(e.isLasting()).isFalse());
  }

  @Test
  void outOfMemoryIsToldAndTheDeviceGoesOn() throws InterruptedException {
    long tooMany = 2 * gpu.device.totalBytes();

    assertThatExceptionOfType(HipStatusException.class)
        .isThrownBy(() -> gpu.device.allocate(tooMany))
        .satisfies(e -> assertThat(e.isOutOfMemory()).isTrue())
        .withMessageContaining("hipErrorOutOfMemory");
    assertThatIllegalArgumentException().isThrownBy(() -> gpu.device.allocate(0));
    gpu.device.allocate(1024).close();
    gpu.device.synchronize();
  }

  @Test
  void copiesAndFillsThatDoNotFitAreRefused() {
    try (HipBuffer small = gpu.device.allocate(6);
        HipHostBuffer large = gpu.device.allocateHost(8)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HipCommand.copy(large, small))
          .withMessage("8 bytes are to be copied to a buffer of 6 bytes");
      assertThatIllegalArgumentException().isThrownBy(() -> HipCommand.fill(small, 1));
    }
  }

  @Test
  void noDeviceOfThatNumberOrName() {
    assertThatExceptionOfType(HipUnavailableException.class)
        .isThrownBy(() -> HipDevice.get(99))
        .withMessageStartingWith("there is no device hip:99: the runtime has");
    assertThatIllegalArgumentException().isThrownBy(() -> HipDevice.named("cuda:0"));
  }

  @Test
  void aDeviceThatFailsIsLostToItsQueuesAndNoOthers() throws InterruptedException {
    try (HipStream stream = gpu.device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open();
        XQueue idle = XQueue.on(stream.openQueue()).open()) {
      queue.submit(gpu.launch("empty"));
      queue.awaitAll();

      gpu.device.domain().lose(new IllegalStateException("as if it had failed"));

      TestGpu.await("lost", () -> queue.state() == QueueState.LOST);
      TestGpu.await("lost too", () -> idle.state() == QueueState.LOST);
      assertThatExceptionOfType(DeviceLostException.class)
          .isThrownBy(() -> queue.submit(gpu.launch("empty")))
          .withMessageContaining("as if it had failed");
    }
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void whatADeviceThatFailsHoldsAtLevel2Passes() {
    var go = gpu.word();
    var count = gpu.word();
    HipStream stream = gpu.device.newStream();
    XQueue queue =
        XQueue.on(stream.openQueue(PreemptionLevel.L2))
            .launchConfig(new LaunchConfig(16, 8))
            .level(PreemptionLevel.L2)
            .open();
    queue.submit(gpu.launch("await_word", go.buffer()));
    queue.submit(gpu.launch("add_one", count.buffer()));
    go.awaitKernel();
    queue.suspend();
    go.set(1);

    gpu.device.domain().lose(new IllegalStateException("as if it had failed"));

    TestGpu.await("passed", () -> count.value() == 1);
    TestGpu.await("lost", () -> queue.state() == QueueState.LOST);
    queue.resume();
    queue.suspend();
    queue.close();
    stream.close();
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void aListenerThatThrowsDoesNotKeepOtherQueuesFromHearing() throws InterruptedException {
    try (HipStream stream = gpu.device.newStream();
        HipHwQueue throwing = stream.openQueue();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      throwing.attach(new ThrowingListener());
      throwing.launch(gpu.launch("empty"));
      throwing.marker(1);
      queue.submit(gpu.launch("empty"));
      queue.awaitAll();
    }
  }

  private static final class ThrowingListener implements HwQueue.Listener {
    @Override
    public void completed(long marker) {
      throw new IllegalStateException("of a test");
    }

    @Override
    public void failed(Command command, Throwable cause) {}

    @Override
    public void lost(Throwable cause) {
      throw new IllegalStateException("of a test");
    }
  }

  @Test
  void level2HasItsStreamForItself() {
    try (HipStream stream = gpu.device.newStream()) {
      HipHwQueue first = stream.openQueue(PreemptionLevel.L2);
      assertThatIllegalStateException()
          .isThrownBy(stream::openQueue)
          .withMessageContaining("create a stream for each");
      first.close();
      HipHwQueue shared = stream.openQueue();
      assertThatIllegalStateException().isThrownBy(() -> stream.openQueue(PreemptionLevel.L2));
      HipHwQueue beside = stream.openQueue();
      assertThat(beside.maxLevel()).isEqualTo(PreemptionLevel.L1);
      shared.close();
      beside.close();
      HipHwQueue last = stream.openQueue(PreemptionLevel.L2);
      assertThat(last.maxLevel()).isEqualTo(PreemptionLevel.L2);
      last.close();
    }
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gpu.device.defaultStream().openQueue(PreemptionLevel.L2))
        .withMessageContaining("the default stream");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gpu.device.defaultStream().openQueue(PreemptionLevel.L3));
  }

  @Test
  void theDefaultStreamOfAThreadIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HipStream.ofHandle(2))
        .withMessageContaining("create a stream");
  }

  @Test
  void theQueueTakesOneXQueueAndNothingBeforeIt() {
    try (HipStream stream = gpu.device.newStream()) {
      HipHwQueue hwQueue = stream.openQueue();
      assertThatIllegalStateException()
          .isThrownBy(() -> hwQueue.launch(gpu.launch("empty")))
          .withMessageContaining("attach one before launching");
      try (XQueue _ = XQueue.on(hwQueue).open()) {
        assertThatIllegalStateException()
            .isThrownBy(() -> XQueue.on(hwQueue).open())
            .withMessageContaining("open one HIP queue for each");
        assertThatExceptionOfType(UnsupportedOperationException.class)
            .isThrownBy(hwQueue::deactivate);
      }
      assertThatIllegalStateException().isThrownBy(() -> hwQueue.launch(gpu.launch("empty")));
    }
  }
}
