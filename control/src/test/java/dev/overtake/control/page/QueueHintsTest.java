package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QueueHintsTest {
  @Test
  void whatIsOutOfRangeIsToldWithTheRange() {
    refused("level is 4: give 0 to 3", 4, null, null, null, null);
    refused("threshold is 0: give 1 to 65536", null, 0, 1, null, null);
    refused("batch is 3: give 1 to 2", null, 2, 3, null, null);
    refused("in-flight time is 0: give 1 to 1000000", null, null, null, 0, null);
    refused("linger time is -2: give 0 to 1000000", null, null, null, null, -2);
  }

  @Test
  void contradictionsAreTold() {
    refused("threshold and batch go together", null, 2, null, null, null);
    refused("give one", null, 2, 1, 300, null);
  }

  @Test
  void adaptiveLingerIsInRange() {
    var hints = new LaunchHints(null, null, null, null, PageLayout.LINGER_ADAPTIVE);
    assertThat(QueueHints.of(hints).isEmpty()).isFalse();
  }

  @Test
  void aHintThatIsNoLongerSaidIsAChange() {
    assertThat(QueueHints.of(PolicyHints.NOTHING).isEmpty()).isTrue();
    assertThat(QueueHints.of(PolicyHints.NOTHING.laxity(null)).isEmpty()).isFalse();
    assertThat(QueueHints.priority(0).isEmpty()).isFalse();
  }

  private static void refused(
      String message,
      Integer level,
      Integer threshold,
      Integer batch,
      Integer inFlightMicros,
      Integer lingerMicros) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LaunchHints(level, threshold, batch, inFlightMicros, lingerMicros))
        .withMessageContaining(message);
  }
}
