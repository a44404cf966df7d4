package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress by words that the device writes. */
class GatedSignalsTest {
  private final TestGpu gpu = new TestGpu();
  private final HipStream stream = gpu.device.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  private GatedSignals startingBehind(long place) {
    SignalPool pool = gpu.device.signals();
    return new GatedSignals(pool, pool.take(), stream, place);
  }

  /** The device's word wraps at 2^31 places, and a place's number as an int at 2^32. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 30) - 3, (1L << 31) - 3, (1L << 32) - 3})
  void placesGoOnWhereTheDevicesNumbersWrap(long start) {
    GatedSignals progress = startingBehind(start);
    assertThat(progress.isQuiet()).isTrue();
    for (long expected = start + 1; expected <= start + 6; expected++) {
      progress.setGate(false);
      long place = progress.place();
      assertThat(place).isEqualTo(expected);
      TestGpu.await("reached", () -> progress.hasReached(place));
      assertThat(progress.hasReached(place + 1)).isFalse();
      assertThat(progress.standsStill()).isTrue();
      progress.setGate(true);
      TestGpu.await("passed", progress::isQuiet);
      assertThat(progress.standsStill()).isFalse();
    }
  }
}
