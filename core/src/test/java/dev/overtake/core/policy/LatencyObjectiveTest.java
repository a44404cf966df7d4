package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyObjectiveTest {
  private static final long TARGET = 8_000;

  private final Timeline timeline = new Timeline(new LatencyObjective());
  private final Queue batch = ready(1);
  private final Queue serve =
      ready(2).hint(hints -> hints.withLatencyTarget(new LatencyTarget(TARGET, 90)));

  private void span(long fromNanos, long toNanos) {
    timeline.ready(fromNanos, serve);
    timeline.idle(toNanos, serve);
  }

  @Test
  void batchWorkIsHeldDuringTheFirstSpanAndRunsBetweenSpans() {
    timeline.ready(0, batch);
    assertThat(timeline.holds(batch)).isFalse();

    timeline.ready(1_000, serve);
    assertThat(timeline.holds(batch)).isTrue();
    assertThat(timeline.holds(serve)).isFalse();

    timeline.idle(5_000, serve);
    assertThat(timeline.holds(batch)).isFalse();
  }

  @Test
  void batchWorkRunsBesideASpanForTheAllowanceAndIsHeldThen() {
    timeline.ready(0, batch);
    span(1_000, 5_000); // Leaves room of 4000, of which 500 is allowed from now on.
    timeline.ready(10_000, serve);

    assertThat(timeline.holds(batch)).isFalse();
    assertThat(timeline.wakeUpNanos()).isEqualTo(10_500);
    timeline.until(10_499);
    assertThat(timeline.holds(batch)).isFalse();
    timeline.until(10_500);
    assertThat(timeline.holds(batch)).isTrue();
  }

  @Test
  void onlyTimeBesideBatchWorkIsCounted() {
    timeline.ready(0, batch);
    span(1_000, 5_000);
    timeline.idle(6_000, batch);
    timeline.ready(10_000, serve);
    assertThat(timeline.wakeUpNanos()).isEqualTo(Decision.NEVER);

    timeline.ready(13_000, batch);
    assertThat(timeline.holds(batch)).isFalse();
    assertThat(timeline.wakeUpNanos()).isEqualTo(13_500);
  }

  @Test
  void spanThatEndedBetweenTwoDecisionsIsSeenByItsSuccessor() {
    timeline.ready(0, batch);
    timeline.ready(1_000, serve);
    timeline.ready(5_000, serve);

    assertThat(timeline.holds(batch)).isFalse();
    assertThat(timeline.wakeUpNanos()).isEqualTo(5_500);
  }

  @Test
  void budgetThatIsOverdrawnHoldsBatchWorkFromTheBeginning() {
    timeline.ready(0, batch);
    span(1_000, 5_000);
    span(10_000, 10_000 + TARGET + 5_000);
    span(30_000, 30_000 + TARGET + 5_000);
    timeline.ready(50_000, serve);

    assertThat(timeline.holds(batch)).isTrue();
  }

  @Test
  void spanTwiceAsLongAsItsTargetHasLostItsClaim() {
    timeline.ready(0, batch);
    timeline.ready(1_000, serve);

    timeline.until(1_000 + 2 * TARGET - 1);
    assertThat(timeline.holds(batch)).isTrue();
    timeline.until(1_000 + 2 * TARGET);
    assertThat(timeline.holds(batch)).isFalse();
  }

  @Test
  void batchWorkOfAnotherDeviceIsNotHeld() {
    Queue elsewhere = batch.on("npu");
    timeline.ready(0, elsewhere);
    timeline.ready(1_000, serve);

    assertThat(timeline.holds(elsewhere)).isFalse();
  }

  @Test
  void anotherTargetIsLearntAnew() {
    timeline.ready(0, batch);
    span(1_000, 5_000);
    timeline.ready(
        10_000, serve.hint(hints -> hints.withLatencyTarget(new LatencyTarget(TARGET - 1, 90))));

    assertThat(timeline.holds(batch)).isTrue();
  }

  @Test
  void withoutTargetsEverybodyRuns() {
    timeline.ready(0, batch);
    timeline.ready(0, ready(3).priority(9));

    assertThat(timeline.holds(batch)).isFalse();
    assertThat(timeline.wakeUpNanos()).isEqualTo(Decision.NEVER);
  }
}
