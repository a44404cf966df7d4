package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What commands use lives as long as they do, and no longer. */
class LifetimeTest {
  private static final long BYTES = 256L << 20;

  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  static boolean isFreed(DeviceBuffer buffer) {
    try {
      buffer.requireAlive();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void aBufferThatIsClosedWhileACommandUsesItIsFreedAfterIt() throws InterruptedException {
    var go = gpu.word();
    DeviceBuffer buffer = gpu.context.allocate(BYTES);
    HostBuffer read = gpu.context.allocateHost(BYTES);
    try (XQueue queue = XQueue.on(stream.openQueue()).launchConfig(new LaunchConfig(2, 1)).open()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(CudaCommand.fill(buffer, (byte) 7)); // in flight
      queue.submit(CudaCommand.copy(buffer, read)); // pending
      buffer.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> queue.submit(CudaCommand.fill(buffer, (byte) 8)));
      assertThat(isFreed(buffer)).isFalse();

      go.set(1);
      queue.awaitAll();
      gpu.settle();
      assertThat(isFreed(buffer)).isTrue();
      assertThat(read.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, BYTES - 1))
          .isEqualTo((byte) 7);
    }
    read.close();
  }

  @Test
  void aCommandThatIsDroppedLetsGoToo() throws InterruptedException {
    DeviceBuffer buffer = gpu.context.allocate(64);
    try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.suspend();
      queue.submit(CudaCommand.fill(buffer, (byte) 7));
      buffer.close();
      gpu.settle();
      assertThat(isFreed(buffer)).isFalse();

      queue.resume(ResumeFlag.DROP_PENDING);
      gpu.settle();
      assertThat(isFreed(buffer)).isTrue();
    }
  }

  @Test
  void aModuleThatIsClosedServesTheLaunchesThatWereSubmitted() throws InterruptedException {
    var count = gpu.word();
    CudaModule module = TestGpu.load(gpu.context);
    BoundKernel addOne = module.kernel("add_one").bind(count.buffer());
    try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.suspend();
      queue.submit(addOne.launch(LaunchShape.of(1, 1)));
      module.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> queue.submit(addOne.launch(LaunchShape.of(1, 1))))
          .withMessageContaining("module on");
      assertThatIllegalStateException().isThrownBy(() -> module.kernel("empty")).isNotNull();
      queue.resume();
      queue.awaitAll();
    }
    assertThat(count.value()).isEqualTo(1);
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void whatTheDriverWouldWaitWithIsFreedWhenNoQueueIsSuspendedAnyMore()
      throws InterruptedException {
    var go = gpu.word();
    HostBuffer buffer = gpu.context.allocateHost(64);
    try (XQueue queue =
        XQueue.on(stream.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(gpu.launch("empty"));
      go.awaitKernel();
      queue.suspend();
      go.set(1);
      buffer.close();

      var freed = new CountDownLatch(1);
      gpu.context.gates().make(freed::countDown);
      assertThat(freed.getCount()).as("waits for the gate").isEqualTo(1);
      queue.resume();
      freed.await();
    }
  }

  /** Two objects for one context of the driver's. */
  @Test
  void aCommandIsRefusedWhoseBufferWentWithAnotherContextObject() throws InterruptedException {
    try (CudaContext using = gpu.device.openPrimaryContext();
        CudaStream ofUsing = using.newStream();
        XQueue queue = XQueue.on(ofUsing.openQueue()).open()) {
      CudaContext owner = gpu.device.openPrimaryContext();
      DeviceBuffer buffer = owner.allocate(64);
      queue.suspend();
      CudaCommand command = queue.submit(CudaCommand.fill(buffer, 1));
      buffer.close();
      owner.close();
      queue.resume();
      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(command))
          .withStackTraceContaining("which was closed");
    }
  }

  @Test
  void aContextThatIsClosedTakesItsMemoryWithIt() {
    long before = gpu.context.freeBytes();
    CudaContext context = gpu.device.createContext();
    DeviceBuffer buffer = context.allocate(BYTES);
    CudaStream own = context.newStream();
    assertThat(gpu.context.freeBytes()).isLessThanOrEqualTo(before - BYTES);

    context.close();

    assertThat(gpu.context.freeBytes()).isGreaterThan(before - BYTES);
    buffer.close();
    own.close();
  }
}
