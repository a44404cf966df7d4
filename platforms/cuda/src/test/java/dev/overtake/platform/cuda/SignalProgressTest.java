package dev.overtake.platform.cuda;

import dev.overtake.driver.SignalProgress;
import dev.overtake.driver.testing.SignalProgressContract;
import org.junit.jupiter.api.AfterEach;

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
    return new BatchedSignals(gpu.context.signals().take(), gpu.context, stream.handle(), place);
  }
}
