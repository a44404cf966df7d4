package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.EventProgress;
import dev.overtake.driver.testing.StreamDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Progress by events of the driver's. */
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

  private boolean reaches(long place) {
    progress.look();
    return progress.hasReached(place);
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

    StreamDevice.await("reached", () -> reaches(first));
    assertThat(reaches(second)).isFalse();
    go.set(1);
    stream.synchronize();
    assertThat(reaches(second)).isTrue();
    assertThat(reaches(first)).isTrue();
  }
}
