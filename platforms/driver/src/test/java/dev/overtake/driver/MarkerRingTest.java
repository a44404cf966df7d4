package dev.overtake.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkerRingTest {
  private final MarkerRing ring = new MarkerRing();

  @Test
  void givesMarkersInTheirOrderHoweverManyThereAre() {
    long added = 0;
    long taken = 0;
    for (int most = 1; most < 100; most++) {
      for (int i = 0; i < most; i++) {
        added++;
        ring.add(added, 10 * added);
      }
      for (int i = 0; i < most - 1; i++) {
        taken++;
        assertThat(ring.firstPlace()).isEqualTo(10 * taken);
        assertThat(ring.removeFirst()).isEqualTo(taken);
      }
    }
    while (taken < added) {
      taken++;
      assertThat(ring.removeFirst()).isEqualTo(taken);
    }
    assertThat(ring.isEmpty()).isTrue();
  }
}
