package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.EventProgress;
import dev.overtake.driver.testing.StreamDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Progress by events, which a device needs that cannot write into memory of the host. */
class EventProgressTest {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();
  private final EventProgress progress = new EventProgress(new CudaPort(stream));

  @AfterEach
  void close() {
    progress.close();
    stream.close();
    gpu.close();
  }

  private long place() {
    return progress.place();
  }

  private void launch(CudaCommand command) {
    gpu.context.run(() -> command.launch(stream, (_, _) -> {}));
  }

  @Test
  void aPlaceIsReachedWhenWhatIsBeforeItIsDone() {
    var go = gpu.word();
    launch(gpu.launch("empty"));
    long first = place();
    launch(gpu.launch("await_word", go.buffer()));
    long second = place();

    StreamDevice.await("reached", () -> progress.hasReached(first));
    assertThat(progress.hasReached(second)).isFalse();
    go.set(1);
    stream.synchronize();
    assertThat(progress.hasReached(second)).isTrue();
    assertThat(progress.hasReached(first)).isTrue();
  }
}
