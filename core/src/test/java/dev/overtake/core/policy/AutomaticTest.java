package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutomaticTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  private final Timeline timeline = new Timeline(new Automatic());
  private final Queue loop = ready(1);
  private final Queue serve = ready(2);

  /** Requests of 10 ms, ten a second; returns when the last one has ended. */
  private long serveUntil(long fromNanos, long toNanos) {
    long now = fromNanos;
    for (; now < toNanos; now += 100 * MILLI) {
      timeline.ready(now, serve);
      timeline.idle(now + 10 * MILLI, serve);
    }
    return now;
  }

  @Test
  void whoeverComesCountsAsInteractive() {
    timeline.ready(0, loop);
    timeline.ready(MILLI, serve);

    assertThat(timeline.holds(loop)).isFalse();
    assertThat(timeline.holds(serve)).isFalse();
  }

  @Test
  void whoIsReadyWithoutAGapForLongerThanTheBoundIsHeldWhileAnotherIsReady() {
    timeline.ready(0, loop);
    timeline.ready(245 * MILLI, serve);
    timeline.until(250 * MILLI - 1);
    assertThat(timeline.holds(loop)).isFalse();

    timeline.until(250 * MILLI);
    assertThat(timeline.holds(loop)).isTrue();
    assertThat(timeline.holds(serve)).isFalse();

    timeline.idle(255 * MILLI, serve);
    assertThat(timeline.holds(loop)).isFalse();
  }

  @Test
  void gapsOfAMomentDoNotMakeALoopInteractive() {
    for (long now = 0; now < 500 * MILLI; now += 50 * MILLI) {
      timeline.ready(now, loop);
      timeline.idle(now + 49 * MILLI, loop);
    }
    timeline.ready(500 * MILLI, loop);
    timeline.ready(501 * MILLI, serve);

    assertThat(timeline.holds(loop)).isTrue();
  }

  @Test
  void whoIsIdleForAThirdOfTheTimeStaysInteractive() {
    for (long now = 0; now < 20 * SECOND; now += 30 * MILLI) {
      timeline.ready(now, serve);
      timeline.idle(now + 20 * MILLI, serve);
    }
    timeline.ready(20 * SECOND, loop);
    timeline.ready(21 * SECOND, serve);

    assertThat(timeline.holds(serve)).isFalse();
    assertThat(timeline.holds(loop)).isTrue();
  }

  @Test
  void batchWorkProvesItselfInteractiveBySlowlyGettingRidOfItsBalance() {
    timeline.ready(0, loop);
    timeline.idle(SECOND, loop);
    timeline.ready(1_900 * MILLI, loop);
    timeline.ready(1_901 * MILLI, serve);
    assertThat(timeline.holds(loop)).isTrue();

    timeline.idle(1_902 * MILLI, serve);
    timeline.idle(1_903 * MILLI, loop);
    timeline.ready(3_000 * MILLI, loop);
    timeline.ready(3_001 * MILLI, serve);
    assertThat(timeline.holds(loop)).isFalse();
  }

  @Test
  void beingHeldDoesNotMakeAProcessBatchWork() {
    Queue high = ready(3).priority(5);
    timeline.ready(0, high);
    timeline.ready(0, serve);
    assertThat(timeline.holds(serve)).isTrue();
    timeline.until(900 * MILLI);
    timeline.ready(900 * MILLI, loop);
    timeline.idle(901 * MILLI, high);
    timeline.ready(901 * MILLI, ready(4).priority(-1));

    assertThat(timeline.holds(serve)).isFalse();
  }

  @Test
  void batchWorkHeldForASecondGetsASlice() {
    timeline.ready(0, loop);
    long now = serveUntil(0, SECOND);
    Queue hog = ready(3).priority(1);
    timeline.ready(now, hog);
    timeline.until(now + SECOND - 1);
    assertThat(timeline.holds(loop)).isTrue();

    timeline.until(now + SECOND);
    assertThat(timeline.holds(loop)).isFalse();
    timeline.until(now + SECOND + 10 * MILLI);
    assertThat(timeline.holds(loop)).isTrue();
  }

  @Test
  void hintsWinOverTheGuess() {
    Queue hintedLoop = loop.priority(1);
    timeline.ready(0, hintedLoop);
    timeline.ready(SECOND, serve);
    assertThat(timeline.holds(serve)).isTrue();
    assertThat(timeline.holds(hintedLoop)).isFalse();

    timeline.ready(SECOND + 1, loop.priority(-1));
    assertThat(timeline.holds(serve)).isFalse();
    assertThat(timeline.holds(loop)).isTrue();
  }

  @Test
  void theQueuesOfAProcessAreJudgedTogether() {
    timeline.ready(0, loop.process(7));
    timeline.until(SECOND);
    Queue other = ready(3).process(7);
    timeline.ready(SECOND, other);
    timeline.ready(SECOND + 1, serve);

    assertThat(timeline.holds(other)).isTrue();
    assertThat(timeline.holds(serve)).isFalse();
  }
}
