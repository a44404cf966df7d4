package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyTimeTest {
  private final BusyTime time = new BusyTime();

  @Test
  void timeBetweenBusyAndNotIsAddedUp() {
    time.set(true, 1_000);
    time.set(true, 1_200);
    assertThat(time.nanos(1_500)).isEqualTo(500);

    time.set(false, 1_700);
    time.set(false, 1_900);
    assertThat(time.nanos(5_000)).isEqualTo(700);

    time.set(true, 6_000);
    assertThat(time.nanos(6_001)).isEqualTo(701);
  }

  @Test
  void clockMayBeginBelowZero() {
    time.set(true, -300);
    time.set(false, -100);

    assertThat(time.nanos(0)).isEqualTo(200);
  }

  @Test
  void readerWhoseClockIsBehindSeesNothingNegative() {
    time.set(true, 1_000);

    assertThat(time.nanos(999)).isZero();
  }
}
