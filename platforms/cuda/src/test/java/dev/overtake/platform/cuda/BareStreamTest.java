package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.xqueue.XQueue;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BareStreamTest {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  @Test
  void aCommandRunsAsOftenAsItIsLaunched() {
    var count = gpu.word();
    CudaCommand addOne = gpu.launch("add_one", count.buffer());
    try (BareStream bare = BareStream.enter(stream)) {
      for (int i = 0; i < 300; i++) {
        bare.launch(addOne);
        bare.gate();
      }
      bare.synchronize();
      assertThat(count.value()).isEqualTo(300);
    }
    assertThat(stream.isDone()).isTrue();
  }

  @Test
  void theThreadHasTheContextOnlyWhileItIsEntered() {
    long before = CudaDriver.currentContext();
    try (BareStream _ = BareStream.enter(stream)) {
      assertThat(CudaDriver.currentContext()).isEqualTo(gpu.context.handle());
    }
    assertThat(CudaDriver.currentContext()).isEqualTo(before);
  }

  @Test
  void aQueueOfTheSameStreamGoesOnBesideIt() throws InterruptedException {
    var order = new AtomicInteger();
    try (XQueue queue = XQueue.on(stream.openQueue()).open();
        BareStream bare = BareStream.enter(stream)) {
      bare.launch(CudaCommand.host(order::incrementAndGet));
      queue.submit(CudaCommand.host(order::incrementAndGet));
      queue.awaitAll();
      assertThat(order).hasValue(2);
    }
  }

  @Test
  void whatACallThrowsIsThrown() {
    CudaCommand failing =
        CudaCommand.call(
            _ -> {
              throw new IOException("refused");
            });
    try (BareStream bare = BareStream.enter(stream)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> bare.launch(failing))
          .withMessageContaining("refused");
    }
  }
}
