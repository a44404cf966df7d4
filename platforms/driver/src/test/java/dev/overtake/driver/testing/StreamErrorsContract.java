package dev.overtake.driver.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.testing.ThrowingListener;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues that are used wrongly, and devices that fail. */
public abstract class StreamErrorsContract extends StreamContract {
  @Test
  void level2HasItsStreamForItself() {
    HwQueue first = openQueue(stream, PreemptionLevel.L2);
    assertThatIllegalStateException()
        .isThrownBy(() -> stream.openQueue(PreemptionLevel.L1))
        .withMessageContaining("create a stream for each");
    first.close();
    HwQueue shared = stream.openQueue(PreemptionLevel.L1);
    assertThatIllegalStateException().isThrownBy(() -> stream.openQueue(PreemptionLevel.L2));
    HwQueue beside = stream.openQueue(PreemptionLevel.L1);
    assertThat(beside.maxLevel()).isEqualTo(PreemptionLevel.L1);
    shared.close();
    beside.close();
    HwQueue last = stream.openQueue(PreemptionLevel.L2);
    assertThat(last.maxLevel()).isEqualTo(PreemptionLevel.L2);
    last.close();
  }

  @Test
  void level3IsRefused() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> stream.openQueue(PreemptionLevel.L3));
  }

  @Test
  void theQueueTakesOneXQueueAndNothingBeforeIt() {
    HwQueue hwQueue = stream.openQueue(PreemptionLevel.L1);
    assertThatIllegalStateException()
        .isThrownBy(() -> hwQueue.launch(device.command("empty")))
        .withMessageContaining("attach one before launching");
    try (XQueue _ = XQueue.on(hwQueue).open()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> XQueue.on(hwQueue).open())
          .withMessageContaining("queue for each");
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(hwQueue::deactivate);
    }
    assertThatIllegalStateException().isThrownBy(() -> hwQueue.launch(device.command("empty")));
  }

  @Test
  void aDeviceThatFailsIsLostToAllItsQueues() throws InterruptedException {
    try (XQueue queue = XQueue.on(stream.openQueue(PreemptionLevel.L1)).open();
        XQueue idle = XQueue.on(stream.openQueue(PreemptionLevel.L1)).open()) {
      queue.submit(device.command("empty"));
      queue.awaitAll();

      device.lose(new IllegalStateException("as if it had failed"));

      StreamDevice.await("lost", () -> queue.state() == QueueState.LOST);
      StreamDevice.await("lost too", () -> idle.state() == QueueState.LOST);
      assertThatExceptionOfType(DeviceLostException.class)
          .isThrownBy(() -> queue.submit(device.command("empty")))
          .withMessageContaining("as if it had failed");
    }
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void whatADeviceThatFailsHoldsAtLevel2Passes() {
    HostWord go = device.word();
    HostWord count = device.word();
    XQueue queue =
        XQueue.on(openQueue(stream, PreemptionLevel.L2))
            .launchConfig(new LaunchConfig(16, 8))
            .level(PreemptionLevel.L2)
            .open();
    queue.submit(device.command("await_word", go));
    queue.submit(device.command("add_one", count));
    go.awaitKernel();
    queue.suspend();
    go.set(1);

    device.lose(new IllegalStateException("as if it had failed"));

    StreamDevice.await("passed", () -> count.value() == 1);
    StreamDevice.await("lost", () -> queue.state() == QueueState.LOST);
    queue.resume();
    queue.suspend();
    queue.close();
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void aListenerThatThrowsDoesNotKeepOtherQueuesFromHearing() throws InterruptedException {
    try (HwQueue throwing = stream.openQueue(PreemptionLevel.L1);
        XQueue queue = XQueue.on(stream.openQueue(PreemptionLevel.L1)).open()) {
      throwing.attach(new ThrowingListener());
      throwing.launch(device.command("empty"));
      throwing.marker(1);
      queue.submit(device.command("empty"));
      queue.awaitAll();
    }
  }
}
