package dev.overtake.driver.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.SignalProgress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress by words that the device writes, where it waits at gates. */
public abstract class SignalProgressContract {
  /** Signals with a gate, of a stream in which there is nothing. */
  protected abstract SignalProgress startingBehind(long place);

  /** The device's word wraps at 2^31 places, and a place's number as an int at 2^32. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 30) - 3, (1L << 31) - 3, (1L << 32) - 3})
  void placesGoOnWhereTheDevicesNumbersWrap(long start) {
    SignalProgress progress = startingBehind(start);
    assertThat(progress.isQuiet()).isTrue();
    for (long expected = start + 1; expected <= start + 6; expected++) {
      progress.setGate(false);
      long place = progress.place();
      assertThat(place).isEqualTo(expected);
      StreamDevice.await("reached", () -> progress.hasReached(place));
      assertThat(progress.hasReached(place + 1)).isFalse();
      assertThat(progress.standsStill()).isTrue();
      progress.setGate(true);
      StreamDevice.await("passed", progress::isQuiet);
      assertThat(progress.standsStill()).isFalse();
    }
  }
}
