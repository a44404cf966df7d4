package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What was completed, and in what time, with the moments given. */
class WorkMeterTest {
  private static final long SECOND = 1_000_000_000;

  private final WorkMeter meter = new WorkMeter(4);

  @Test
  void rateIsThatBetweenTheFirstAndTheLastMoment() {
    meter.completed(4, SECOND);
    meter.begin();
    meter.completed(4, 3 * SECOND);
    meter.completed(4, 5 * SECOND);
    meter.completed(2, 6 * SECOND);
    BatchSide.Work work = meter.end();
    assertThat(work.iterations()).isEqualTo(1.5);
    assertThat(work.seconds()).isEqualTo(3);
  }

  /**
   * Counted over all of the time it would be 2 or 3 passes in 10 s, as the window happens to lie.
   */
  @Test
  void wholePassesAreCountedByTheTimeThatTheyTook() {
    meter.begin();
    for (int pass = 1; pass <= 3; pass++) {
      meter.completed(4, pass * 3L * SECOND);
    }
    BatchSide.Work work = meter.end();
    assertThat(work.iterations() / work.seconds()).isEqualTo(1.0 / 3);
  }

  @Test
  void nothingCountsBeforeAndAfter() {
    meter.completed(4, SECOND);
    meter.begin();
    meter.completed(4, 2 * SECOND);
    meter.completed(4, 3 * SECOND);
    BatchSide.Work work = meter.end();
    meter.completed(4, 4 * SECOND);
    assertThat(work).isEqualTo(new BatchSide.Work(1, 1)).isEqualTo(meter.end());
  }

  @Test
  void oneMomentTellsNoRate() {
    meter.begin();
    assertThat(meter.end().seconds()).isZero();
    meter.begin();
    meter.completed(4, SECOND);
    assertThat(meter.end()).isEqualTo(new BatchSide.Work(0, 0));
  }
}
