package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.SignalProgress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress by words that the device writes. */
class SignalProgressTest {
  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  private SignalProgress startingBehind(long place, boolean gated) {
    return new BatchedSignals(
        gpu.context.signals().take(), gpu.context, stream.handle(), gated, place);
  }

  private long place(SignalProgress progress) {
    return progress.place();
  }

  /** The device's word wraps at 2^31 places, and a place's number as an int at 2^32. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 30) - 3, (1L << 31) - 3, (1L << 32) - 3})
  void placesGoOnWhereTheDevicesNumbersWrap(long start) {
    SignalProgress progress = startingBehind(start, true);
    assertThat(progress.isQuiet()).isTrue();
    for (long expected = start + 1; expected <= start + 6; expected++) {
      progress.setGate(false);
      long place = place(progress);
      assertThat(place).isEqualTo(expected);
      TestGpu.await("reached", () -> progress.hasReached(place));
      assertThat(progress.hasReached(place + 1)).isFalse();
      assertThat(progress.standsStill()).isTrue();
      progress.setGate(true);
      TestGpu.await("passed", progress::isQuiet);
      assertThat(progress.standsStill()).isFalse();
    }
  }

  @Test
  void withoutAGateTheDeviceSaysWhereItIs() {
    SignalProgress progress = startingBehind((1L << 32) - 2, false);
    for (int i = 0; i < 4; i++) {
      long last = place(progress);
      TestGpu.await("reached", () -> progress.hasReached(last));
      assertThat(progress.isQuiet()).isTrue();
      assertThat(progress.hasReached(last + 1)).isFalse();
    }
  }
}
