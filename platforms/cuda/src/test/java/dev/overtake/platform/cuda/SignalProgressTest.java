package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.SignalProgress;
import dev.overtake.driver.testing.SignalProgressContract;
import dev.overtake.driver.testing.StreamDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Progress by words that the device writes. */
class SignalProgressTest extends SignalProgressContract {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  @Override
  protected SignalProgress startingBehind(long place) {
    return startingBehind(place, true);
  }

  private SignalProgress startingBehind(long place, boolean gated) {
    return new BatchedSignals(
        gpu.context.signals().take(), gpu.context, stream.handle(), gated, place);
  }

  private long place(SignalProgress progress) {
    return progress.place();
  }

  @Test
  void withoutAGateTheDeviceSaysWhereItIs() {
    SignalProgress progress = startingBehind((1L << 32) - 2, false);
    for (int i = 0; i < 4; i++) {
      long last = place(progress);
      StreamDevice.await("reached", () -> progress.hasReached(last));
      assertThat(progress.isQuiet()).isTrue();
      assertThat(progress.hasReached(last + 1)).isFalse();
    }
  }
}
