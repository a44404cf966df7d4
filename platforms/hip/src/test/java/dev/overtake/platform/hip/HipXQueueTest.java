package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.testing.StreamDevice;
import dev.overtake.driver.testing.StreamQueueContract;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an XQueue promises, on a device, and what is HIP's alone. */
class HipXQueueTest extends StreamQueueContract {
  private final TestGpu gpu = new TestGpu();

  @Override
  protected StreamDevice openDevice() {
    return gpu;
  }

  @Test
  @Timeout(value = 20, threadMode = SEPARATE_THREAD)
  void whatWaitsForTheDeviceIsPutOffWhileAQueueIsStoppedAtLevel2() throws InterruptedException {
    var count = gpu.word();
    try (HipStream stream = gpu.device.newStream();
        HipStream otherStream = gpu.device.newStream();
        XQueue low =
            XQueue.on(stream.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open();
        XQueue high = XQueue.on(otherStream.openQueue()).open()) {
      var go = gpu.word();
      // Beforehand: to load a module or a kernel, the driver waits for all work of the device.
      HipModule used = TestGpu.load(gpu.device);
      HipKernel kernel = used.kernel("empty");
      HipModule unused = TestGpu.load(gpu.device);
      low.submit(gpu.launch("await_word", go.buffer()));
      low.submit(gpu.launch("add_one", count.buffer()));
      go.awaitKernel();
      low.suspend();
      go.set(1);

      high.submit(HipCommand.host(() -> count.set(10)));
      high.awaitAll();
      HipBuffer memory = gpu.device.allocate(1 << 20);
      memory.close();
      HipHostBuffer host = gpu.device.allocateHost(64);
      high.submit(HipCommand.host(() -> {}));
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
  void aLibraryCallGetsTheStreamAndItsFailureIsTheCommands() throws InterruptedException {
    try (HipStream stream = gpu.device.newStream();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      var handles = new ArrayList<Long>();
      queue.submit(HipCommand.call(s -> handles.add(s.handle())));
      Command failing =
          queue.submit(
              HipCommand.call(
                  _ -> {
                    throw new java.io.IOException("refused");
                  }));
      assertThatThrownBy(() -> queue.await(failing)).hasMessageContaining("refused");
      assertThat(handles).containsExactly(stream.handle());
    }
  }
}
