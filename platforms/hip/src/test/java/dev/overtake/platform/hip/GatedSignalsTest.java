package dev.overtake.platform.hip;

import dev.overtake.driver.SignalProgress;
import dev.overtake.driver.testing.SignalProgressContract;
import org.junit.jupiter.api.AfterEach;

/** Progress by words that the device writes. */
class GatedSignalsTest extends SignalProgressContract {
  private final TestGpu gpu = new TestGpu();
  private final HipStream stream = gpu.device.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  @Override
  protected SignalProgress startingBehind(long place) {
    SignalPool pool = gpu.device.signals();
    return new GatedSignals(pool, pool.take(), stream, place);
  }
}
