package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

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
  private final HipStream stream = gpu.device.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  private static boolean isFreed(HipBuffer buffer) {
    try {
      buffer.lifetime.requireAlive();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void aBufferThatIsClosedWhileACommandUsesItIsFreedAfterIt() throws InterruptedException {
    var go = gpu.word();
    HipBuffer buffer = gpu.device.allocate(BYTES);
    HipHostBuffer read = gpu.device.allocateHost(BYTES);
    try (XQueue queue = XQueue.on(stream.openQueue()).launchConfig(new LaunchConfig(2, 1)).open()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(HipCommand.fill(buffer, (byte) 7)); // in flight
      queue.submit(HipCommand.copy(buffer, read)); // pending
      buffer.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> queue.submit(HipCommand.fill(buffer, (byte) 8)));
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
    HipBuffer buffer = gpu.device.allocate(64);
    try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.suspend();
      queue.submit(HipCommand.fill(buffer, (byte) 7));
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
    HipModule module = TestGpu.load(gpu.device);
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
    HipHostBuffer buffer = gpu.device.allocateHost(64);
    try (XQueue queue =
        XQueue.on(stream.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(gpu.launch("empty"));
      go.awaitKernel();
      queue.suspend();
      go.set(1);
      buffer.close();

      var freed = new CountDownLatch(1);
      gpu.device.domain().gates().make(freed::countDown);
      assertThat(freed.getCount()).as("waits for the gate").isEqualTo(1);
      queue.resume();
      freed.await();
    }
  }
}
