package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.testing.ThrowingListener;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.testing.StreamDevice;
import dev.overtake.driver.testing.StreamErrorsContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Wrong use, and a device that fails. */
class CudaErrorsTest extends StreamErrorsContract {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  private final TestGpu gpu = new TestGpu();

  @Override
  protected StreamDevice openDevice() {
    return gpu;
  }

  @Test
  void aClosedBufferIsRefused() {
    DeviceBuffer buffer = gpu.context.allocate(64);
    CudaCommand command = CudaCommand.fill(buffer, (byte) 0);
    buffer.close();
    buffer.close();

    assertThatIllegalStateException().isThrownBy(buffer::address).withMessageContaining("64 bytes");
    try (CudaStream stream = gpu.context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> queue.submit(command))
          .withMessage("buffer of 64 bytes on " + gpu.device.label() + " is closed");
      assertThat(queue.state()).isEqualTo(QueueState.IDLE);
    }
  }

  @Test
  void ofSeveralBuffersTheOneThatIsClosedIsToldAndTheOthersAreLetGo() {
    DeviceBuffer open = gpu.context.allocate(64);
    DeviceBuffer closed = gpu.context.allocate(64);
    CudaCommand command = CudaCommand.copy(open, closed);
    closed.close();
    try (CudaStream stream = gpu.context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      assertThatIllegalStateException().isThrownBy(() -> queue.submit(command));
    }
    open.close();
    assertThatIllegalStateException().as("freed at once").isThrownBy(open::requireAlive);
  }

  @Test
  void aBufferOfAnotherContextIsRefusedByTheLaunch() throws InterruptedException {
    try (CudaContext other = gpu.device.createContext();
        DeviceBuffer foreign = other.allocate(64);
        CudaStream stream = gpu.context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      var command = queue.submit(CudaCommand.fill(foreign, (byte) 0));

      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(command))
          .withMessageContaining("belongs to context")
          .withCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void argumentsOfTheWrongNumberSizeOrTypeAreRefused() {
    CudaKernel addOne = gpu.kernel("add_one");
    assumeThat(CudaDriver.has("cuFuncGetParamInfo")).isTrue();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> addOne.bind(3))
        .withMessage(
            "kernel add_one takes 1 parameters of [8] bytes, and was given 1 of [4] bytes");
    assertThatIllegalArgumentException().isThrownBy(addOne::bind);
    assertThatIllegalArgumentException().isThrownBy(() -> addOne.bind(1L, 2L));
    assertThatIllegalArgumentException().isThrownBy(() -> gpu.kernel("empty").bind(1));
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
    assertThatExceptionOfType(CudaStatusException.class)
        .isThrownBy(() -> TestGpu.load(gpu.context).kernel("missing"))
        .withMessageStartingWith("cuModuleGetFunction: CUDA_ERROR_NOT_FOUND")
        .satisfies(e -> assertThat(e.status()).isEqualTo(500))
        .satisfies(e -> assertThat(e.statusName()).isEqualTo("CUDA_ERROR_NOT_FOUND"))
        .satisfies(e -> assertThat(e.isLasting()).isFalse());
  }

  @Test
  void outOfMemoryIsToldAndTheContextGoesOn() throws InterruptedException {
    long tooMany = 2 * gpu.device.totalBytes();

    assertThatExceptionOfType(CudaStatusException.class)
        .isThrownBy(() -> gpu.context.allocate(tooMany))
        .satisfies(e -> assertThat(e.isOutOfMemory()).isTrue())
        .withMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
    assertThatIllegalArgumentException().isThrownBy(() -> gpu.context.allocate(0));
    gpu.context.allocate(1024).close();
    gpu.context.synchronize();
  }

  @Test
  void copiesAndFillsThatDoNotFitAreRefused() {
    try (DeviceBuffer small = gpu.context.allocate(6);
        HostBuffer large = gpu.context.allocateHost(8)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CudaCommand.copy(large, small))
          .withMessage("8 bytes are to be copied to a buffer of 6 bytes");
      assertThatIllegalArgumentException().isThrownBy(() -> CudaCommand.fill(small, 1));
    }
  }

  @Test
  void noDeviceOfThatNumberOrName() {
    assertThatExceptionOfType(CudaUnavailableException.class)
        .isThrownBy(() -> CudaDevice.get(99))
        .withMessageStartingWith("there is no device cuda:99: the driver has");
    assertThatIllegalArgumentException().isThrownBy(() -> CudaDevice.named("hip:0"));
  }

  @Test
  void aContextThatIsClosedUnderAQueueIsLostToIt() {
    CudaContext context = gpu.device.createContext();
    XQueue queue = XQueue.on(context.newStream().openQueue()).open();
    queue.submit(CudaCommand.host(() -> {}));

    context.close();

    StreamDevice.await("lost", () -> queue.state() == QueueState.LOST);
    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(() -> queue.submit(CudaCommand.host(() -> {})))
        .withMessageContaining("close its queues before it");
    queue.close();
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void aContextThatIsClosedUnderAQueueStoppedAtLevel2DoesNotWaitForIt() {
    var count = gpu.word(); // Another context's, which outlives this one.
    CudaContext context = gpu.device.createContext();
    CudaKernel addOne = TestGpu.load(context).kernel("add_one");
    XQueue queue =
        XQueue.on(context.newStream().openQueue(PreemptionLevel.L2))
            .launchConfig(new LaunchConfig(16, 8))
            .level(PreemptionLevel.L2)
            .open();
    var go = gpu.word();
    queue.submit(TestGpu.load(context).kernel("await_word").bind(go.buffer()).launch(ONE_THREAD));
    queue.submit(addOne.bind(count.buffer()).launch(ONE_THREAD));
    go.awaitKernel();
    queue.suspend();
    go.set(1);

    context.close();

    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    assertThat(count.value()).as("what was launched has passed").isEqualTo(1);
    queue.resume();
    queue.suspend();
    queue.close();
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void aPrimaryContextThatIsClosedLeavesTheQueuesOfOthersWhoOpenedItAlone()
      throws InterruptedException {
    try (CudaContext kept = gpu.device.openPrimaryContext();
        CudaStream stream = kept.newStream();
        XQueue queue =
            XQueue.on(stream.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open()) {
      queue.submit(CudaCommand.host(() -> {}));
      queue.awaitAll();
      queue.suspend();
      CudaContext closed = gpu.device.openPrimaryContext();
      XQueue lost = XQueue.on(closed.newStream().openQueue()).open();

      closed.close();

      assertThat(lost.state()).as("though it launched nothing").isEqualTo(QueueState.LOST);
      lost.close();
      queue.resume();
      queue.submit(CudaCommand.host(() -> {}));
      queue.awaitAll();
    }
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void aListenerThatThrowsDoesNotKeepOtherQueuesFromHearing() throws InterruptedException {
    var faulty = new TestGpu();
    CudaHwQueue throwing = faulty.context.newStream().openQueue();
    throwing.attach(new ThrowingListener());
    throwing.launch(faulty.launch("empty"));
    throwing.marker(1);
    try (CudaStream stream = gpu.context.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      faulty.context.domain().lose(new IllegalStateException("as if it had failed"));
      queue.submit(gpu.launch("empty"));
      queue.awaitAll();
    }
    throwing.close();
    faulty.close();
  }

  @Test
  void level2NeedsAStreamThatOthersDoNotUse() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gpu.context.defaultStream().openQueue(PreemptionLevel.L2))
        .withMessageContaining("the default stream");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gpu.context.defaultStream().openQueue(PreemptionLevel.L3));
  }

  @Test
  void theDefaultStreamOfAThreadIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CudaStream.ofHandle(2, gpu.device))
        .withMessageContaining("create a stream");
  }
}
