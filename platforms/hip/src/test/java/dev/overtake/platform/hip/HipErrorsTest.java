package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.testing.StreamDevice;
import dev.overtake.driver.testing.StreamErrorsContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wrong use, and a device that fails. */
class HipErrorsTest extends StreamErrorsContract {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  private final TestGpu gpu = new TestGpu();

  @Override
  protected StreamDevice openDevice() {
    return gpu;
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
  void level2NeedsAStreamThatOthersDoNotUse() {
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
}
