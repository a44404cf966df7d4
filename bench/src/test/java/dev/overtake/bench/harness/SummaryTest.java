package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.bench.result.RoundResult;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.ScheduledQueue;
import dev.overtake.bench.result.Topology;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Hand-made trials with known answers. */
class SummaryTest {
  private static final Offset<Double> EXACT = within(1e-2);
  private static final Sharing XQUEUES =
      Sharing.both(Topology.SHARED, Mode.queues(16, 8, PreemptionLevel.L2));

  /** Images in a pass of the low side. */
  private static final int LOW_BATCH = 4;

  /** Ten seconds with one request a second, all of this latency, busy for as long as they took. */
  private static Trial.Result trial(long latencyMs, int unfinished, long lowPasses) {
    var due = new long[10];
    var latency = new long[10];
    Arrays.setAll(due, i -> i * 1_000_000_000L);
    Arrays.fill(latency, latencyMs * 1_000_000);
    var high = new OpenLoopClient.Recording(0, due, latency, unfinished, latencyMs * 10_000_000);
    return new Trial.Result(10, high, new BatchSide.Work(lowPasses, 10), null, List.of());
  }

  private static Trial.Result lowOnly(long lowPasses) {
    return new Trial.Result(10, null, new BatchSide.Work(lowPasses, 10), null, List.of());
  }

  private static Experiment.Series series(Sharing sharing, Trial.Result... trials) {
    return new Experiment.Series(sharing, List.of(trials));
  }

  private List<Run> summary(Experiment.Series... series) {
    return Summary.of(
        "test5", "host", LOW_BATCH, new Experiment.Outcome(List.of(series), true, null));
  }

  @Test
  void ratiosAreToTheStandaloneRunsOverAllRounds() {
    List<Run> runs =
        summary(
            series(Sharing.HIGH_ALONE, trial(200, 0, 0), trial(200, 0, 0)),
            series(Sharing.LOW_ALONE, lowOnly(50), lowOnly(50)),
            series(XQUEUES, trial(300, 0, 30), trial(300, 0, 30)));
    // Alone, the high side is busy for 200 ms each second: 0.8 x 5 passes/s are left to the low.
    assertThat(runs.get(2).isolation()).isCloseTo(1.5, EXACT);
    assertThat(runs.get(2).harvest()).isCloseTo(3 / (5 * 0.8), EXACT);
    assertThat(runs.get(2).p50Ratio()).isCloseTo(1.5, EXACT);
    assertThat(runs.get(2).lowRatio()).isCloseTo(0.6, EXACT);
    assertThat(runs.get(2).high().samples()).isEqualTo(20);
    assertThat(runs.get(2).high().throughputPerSecond()).isCloseTo(1, EXACT);
    assertThat(runs.get(2).high().busyShare()).isCloseTo(0.3, EXACT);
    assertThat(runs.get(2).low().iterationsPerSecond()).isCloseTo(3, EXACT);
    assertThat(runs.get(2).low().imagesPerSecond()).isCloseTo(12, EXACT);
    assertThat(runs.get(2).low().iterations()).isEqualTo(60);
    assertThat(runs.get(2).latencyOverTime().seconds()).hasSize(20).isSorted().endsWith(19.0);
  }

  @Test
  void sideAloneUnderASchedulerIsComparedWithTheSideAlone() {
    Mode overtake = Mode.parse("overtake");
    List<Run> runs =
        summary(
            series(Sharing.HIGH_ALONE, trial(200, 0, 0)),
            series(Sharing.LOW_ALONE, lowOnly(50)),
            series(Sharing.highOnly(overtake), trial(204, 0, 0)),
            series(Sharing.lowOnly(overtake), lowOnly(48)));
    assertThat(runs.subList(0, 2))
        .allSatisfy(run -> assertThat(run.p50Ratio()).isNull())
        .allSatisfy(run -> assertThat(run.lowRatio()).isNull());
    assertThat(runs.get(2).p50Ratio()).isCloseTo(1.02, EXACT);
    assertThat(runs.get(2).isolation()).isCloseTo(1.02, EXACT);
    assertThat(runs.get(2).lowRatio()).isNull();
    assertThat(runs.get(3).lowRatio()).isCloseTo(0.96, EXACT);
    assertThat(runs.get(3).p50Ratio()).isNull();
  }

  @Test
  void ratiosOfARoundAreToTheStandaloneTrialsOfTheSameRound() {
    List<RoundResult> rounds =
        summary(
                series(Sharing.HIGH_ALONE, trial(100, 0, 0), trial(200, 0, 0)),
                series(Sharing.LOW_ALONE, lowOnly(50), lowOnly(100)),
                series(XQUEUES, trial(200, 0, 45), trial(200, 0, 40), trial(200, 0, 40)))
            .get(2)
            .rounds();
    assertThat(rounds.get(0).isolation()).isCloseTo(2, EXACT);
    assertThat(rounds.get(0).harvest()).isCloseTo(1, EXACT);
    assertThat(rounds.get(1).isolation()).isCloseTo(1, EXACT);
    assertThat(rounds.get(1).harvest()).isCloseTo(0.5, EXACT);
    assertThat(rounds.get(2).isolation()).as("of a round that was stopped before").isNull();
    assertThat(rounds.get(2).harvest()).isNull();
  }

  @Test
  void runsCarryTheNamesThatReadersKnow() {
    List<Run> runs =
        summary(
            series(Sharing.HIGH_ALONE, trial(1, 0, 0)),
            series(Sharing.LOW_ALONE, lowOnly(1)),
            series(Sharing.both(Topology.SHARED, Mode.baseline()), trial(1, 0, 1)),
            series(XQUEUES, trial(1, 0, 1)));
    assertThat(runs)
        .extracting(Run::mode)
        .containsExactly("standalone-high", "standalone-low", "baseline", "XQueue (16,8) L2");
    assertThat(runs).extracting(Run::policy).containsExactly("none", "none", "none", "HPF");
    assertThat(runs.get(3).launchConfig()).isEqualTo(new LaunchConfig(16, 8));
    assertThat(runs.get(3).level()).isEqualTo(PreemptionLevel.L2);
    assertThat(runs.get(0).low()).isNull();
    assertThat(runs.get(0).isolation()).isNull();
    assertThat(runs.get(1).high()).isNull();
    assertThat(runs.get(1).harvest()).isNull();
  }

  @Test
  void policyOfProgramsIsTheOneOfTheirPageAlsoWhereNoQueueWasFound() {
    var queue = new ScheduledQueue("AUTO", PreemptionLevel.L1, new LaunchConfig(2, 1), 300, 0);
    var work = new BatchSide.Work(1, 1);
    List<Run> runs =
        summary(
            series(
                Sharing.lowOnly(Mode.Shim.DEFAULT),
                new Trial.Result(1, null, work, null, List.of())),
            series(
                Sharing.both(Topology.PROCESSES, Mode.Shim.DEFAULT),
                new Trial.Result(1, null, work, queue, List.of())),
            series(XQUEUES, new Trial.Result(1, null, work, null, List.of())),
            series(Sharing.LOW_ALONE, new Trial.Result(1, null, work, null, List.of())));
    assertThat(runs).extracting(Run::policy).containsExactly("AUTO", "AUTO", "HPF", "none");
  }

  @Test
  void queueIsAsItWasFoundLastWithTheEscapesOfAllRounds() {
    var first = new ScheduledQueue("HPF", PreemptionLevel.L1, new LaunchConfig(2, 1), 300, 0);
    var last = new ScheduledQueue("AUTO", PreemptionLevel.L2, new LaunchConfig(16, 4), 300, 2);
    var work = new BatchSide.Work(1, 1);
    Run run =
        summary(
                series(
                    XQUEUES,
                    new Trial.Result(1, null, work, first.withEscapes(3), List.of()),
                    new Trial.Result(1, null, work, last, List.of()),
                    new Trial.Result(1, null, work, null, List.of())))
            .getFirst();
    assertThat(run.lowQueue()).isEqualTo(last.withEscapes(5));
    assertThat(run.warnings()).anySatisfy(text -> assertThat(text).contains("escapes: 5"));
    Run quiet =
        summary(series(XQUEUES, new Trial.Result(1, null, work, first, List.of()))).getFirst();
    assertThat(quiet.lowQueue()).isEqualTo(first);
    assertThat(quiet.warnings()).noneSatisfy(text -> assertThat(text).contains("escapes"));
  }

  @Test
  void whatTheSchedulerSaidIsAWarningOnce() {
    var work = new BatchSide.Work(1, 1);
    var once = new Trial.Result(1, null, work, null, List.of("no batched waits", "and more"));
    var again = new Trial.Result(1, null, work, null, List.of("no batched waits"));
    assertThat(summary(series(XQUEUES, once, again)).getFirst().warnings())
        .containsExactly("no batched waits", "and more");
  }

  @Test
  void whatWasNotMeasuredIsLeftOut() {
    assertThat(summary(series(Sharing.HIGH_ALONE, trial(1, 0, 0)), series(XQUEUES))).hasSize(1);
  }

  @Test
  void requestsWithoutAnAnswerCountInTheLatencyAndNotAsServed() {
    Run run = summary(series(XQUEUES, trial(100, 4, 0))).getFirst();
    assertThat(run.high().samples()).isEqualTo(6);
    assertThat(run.high().offered()).isEqualTo(10);
    assertThat(run.high().throughputPerSecond()).isCloseTo(0.6, EXACT);
    assertThat(run.high().p99Ms()).isCloseTo(100, within(0.1));
    assertThat(run.rounds().getFirst().highSamples()).isEqualTo(6);
    assertThat(run.warnings())
        .anySatisfy(warning -> assertThat(warning).startsWith("4 requests had no answer"))
        .anySatisfy(warning -> assertThat(warning).startsWith("P99 rests on only 6 requests"));
  }

  /** Twelve seconds each: of ten requests, one a second, none is answered in the ten measured. */
  @Test
  void answersInTheTimeOfGraceAreNoThroughput() {
    Run late = summary(series(XQUEUES, trial(12_000, 0, 0))).getFirst();
    assertThat(late.high().samples()).isEqualTo(10);
    assertThat(late.high().throughputPerSecond()).isZero();
    assertThat(late.warnings())
        .anySatisfy(text -> assertThat(text).startsWith("the high side completed only 0 %"));
    Run kept = summary(series(XQUEUES, trial(900, 0, 0))).getFirst();
    assertThat(kept.high().throughputPerSecond()).isCloseTo(1, EXACT);
    assertThat(kept.warnings()).noneSatisfy(text -> assertThat(text).contains("completed only"));
  }

  @Test
  void rateThatIsNotKnownIsNoFigure() {
    var unknown = new Trial.Result(10, null, new BatchSide.Work(0, 0), null, List.of());
    var beside =
        new Trial.Result(10, trial(100, 0, 0).high(), new BatchSide.Work(0, 0), null, List.of());
    List<Run> runs =
        summary(
            series(Sharing.HIGH_ALONE, trial(100, 0, 0)),
            series(Sharing.LOW_ALONE, unknown),
            series(XQUEUES, beside));
    assertThat(runs.get(1).rounds().getFirst().lowIterationsPerSecond()).isNull();
    assertThat(runs.get(2).rounds().getFirst().harvest()).isNull();
    assertThat(runs.get(2).harvest()).isNull();
    assertThat(runs.get(2).lowRatio()).isNull();
    assertThat(runs.get(2).warnings())
        .anySatisfy(text -> assertThat(text).contains("its rate there is not known"));
  }

  @Test
  void sideWithoutARequestHasNoLatencyAndNoIsolation() {
    var none = new OpenLoopClient.Recording(0, new long[0], new long[0], 0, 0);
    Run run =
        summary(
                series(Sharing.HIGH_ALONE, trial(100, 0, 0)),
                series(
                    XQUEUES, new Trial.Result(1, none, new BatchSide.Work(3, 1), null, List.of())))
            .getLast();
    assertThat(run.high()).isNull();
    assertThat(run.isolation()).isNull();
    assertThat(run.p50Ratio()).isNull();
    assertThat(run.rounds().getFirst().isolation()).isNull();
    assertThat(run.latencyDistribution()).isEmpty();
  }
}
