package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.core.policy.VirtualSharing.Load;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MultiLevelFeedbackTest {
  private static final long MS = 1_000_000;
  private static final long WARM_UP = 1_000 * MS;
  private static final long SPAN = 2_000 * MS;

  private static final Load BATCH_1 = Load.endless(101, Hints.NONE);
  private static final Load BATCH_2 = Load.endless(102, Hints.NONE);

  /** From when batch work has sunk to the bottom. */
  private static VirtualSharing run(Load... loads) {
    return new VirtualSharing(new MultiLevelFeedback(), List.of(loads))
        .until(WARM_UP)
        .restart()
        .until(WARM_UP + SPAN);
  }

  private static Load bursts(long process, long requestNanos, long thinkNanos) {
    return Load.endless(process, Hints.NONE).requests(requestNanos, thinkNanos);
  }

  @Test
  void burstsDoNotWaitForContinuousWork() {
    var sharing = run(bursts(1, 2 * MS, 10 * MS), BATCH_1, BATCH_2);

    assertThat(sharing.longestLatencyNanos()).isCloseTo(2 * MS, within(2L));
    assertThat(sharing.share(0, SPAN)).isCloseTo(2 / 12.0, within(0.01));
  }

  @Test
  void burstThatIsLongerThanTheTopQuantumIsStillAboveContinuousWork() {
    var sharing = run(bursts(1, 12 * MS, 30 * MS), BATCH_1);

    assertThat(sharing.longestLatencyNanos()).isCloseTo(12 * MS, within(2L));
  }

  @Test
  void continuousQueuesTakeTurnsOnTheLowestLevel() {
    var sharing = run(BATCH_1, BATCH_2);

    assertThat(sharing.share(0, SPAN)).isCloseTo(0.5, within(0.01));
    assertThat(sharing.share(1, SPAN)).isCloseTo(0.5, within(0.01));
    assertThat(sharing.decisions()).isLessThan(200);
  }

  @Test
  void loopThatWaitsForAMomentNowAndThenSinks() {
    var sharing = run(bursts(1, 2 * MS, 100_000), BATCH_1);

    assertThat(sharing.share(1, SPAN)).isGreaterThan(0.3);
  }

  @Test
  void whoWasIdleForLongIsOnTopAgain() {
    // Its first request sinks it to the bottom; the later ones come after 100 ms of rest.
    var sharing = run(bursts(1, 5 * MS, 100 * MS), bursts(2, 100 * MS, 100 * MS), BATCH_1);

    assertThat(sharing.share(0, SPAN)).isCloseTo(5 / 105.0, within(0.01));
  }

  @Test
  void nobodyStarvesBelowBurstsThatFillTheDevice() {
    var sharing =
        run(
            bursts(1, 6 * MS, 3 * MS),
            bursts(2, 6 * MS, 3 * MS),
            bursts(3, 6 * MS, 3 * MS),
            BATCH_1);

    assertThat(sharing.share(3, SPAN)).isPositive();
  }

  @Test
  void idleProcessThatWouldRunAtOnceIsNotHeld() {
    var policy = new MultiLevelFeedback();
    Decision first = policy.schedule(new Snapshot(queues(), null), 0);
    Decision second = policy.schedule(new Snapshot(queues(), first.memory()), 20 * MS);

    assertThat(first.isHeld(1)).isTrue(); // Both on top: it waits for its turn.
    assertThat(second.isHeld(0)).isFalse();
    assertThat(second.isHeld(1)).isFalse();
  }

  private static List<QueueStatus> queues() {
    return List.of(
        new QueueStatus(1, "batch", "gpu", 1, 0, true, 0, Hints.NONE),
        new QueueStatus(2, "serve", "gpu", 2, 0, false, 0, Hints.NONE));
  }

  @Property(tries = 50)
  void whoeverComesAndGoesNoTimeIsWasted(@ForAll("loads") List<Load> loads) {
    var sharing = new VirtualSharing(new MultiLevelFeedback(), loads).until(1_000 * MS);

    assertThat(sharing.wastedNanos()).isZero();
  }

  @Provide
  Arbitrary<List<Load>> loads() {
    return Combinators.combine(
            Arbitraries.of("a", "b"),
            Arbitraries.longs().between(1, 3),
            Arbitraries.longs().between(0, 500),
            Arbitraries.longs().between(1, 1_000),
            Arbitraries.of(1L, 3 * MS, 15 * MS, Long.MAX_VALUE),
            Arbitraries.of(MS / 2, 2 * MS, 45 * MS))
        .as(
            (device, process, from, length, request, think) ->
                new Load(
                    device, process, Hints.NONE, from * MS, (from + length) * MS, request, think))
        .list()
        .ofMaxSize(6);
  }
}
