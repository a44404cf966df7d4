package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Experiments and their trials with real, tiny models: a fraction of a second each. */
@Timeout(60)
class ExperimentTest {
  private static final double SECONDS = 0.05;
  private static final long HOURS = 36_000;

  private final SegmentedModel highModel = TinyModels.working();
  private final SegmentedModel lowModel = TinyModels.working();
  private final Workloads workloads = workloads(highModel, lowModel);
  private final StopSignal stop = new StopSignal();

  private static Workloads workloads(SegmentedModel high, SegmentedModel low) {
    return new Workloads(
        new Workloads.High(high, 1, 200, Arrivals.PERIODIC), new Workloads.Low(low, 1, 2, 3));
  }

  private Experiment experiment(int rounds, double seconds, Sharing... sharings) {
    return experiment(workloads, rounds, seconds, sharings);
  }

  private static Experiment experiment(
      Workloads workloads, int rounds, double seconds, Sharing... sharings) {
    return new Experiment(
        new HostTestbed(workloads, 1, new CommandTimes(false)),
        workloads.high().arrivals(),
        workloads.high().ratePerSecond(),
        Stream.of(sharings).map(sharing -> new Experiment.Part(sharing, seconds)).toList(),
        rounds,
        7);
  }

  private static final Sharing SHARED = Sharing.both(Topology.SHARED, Mode.baseline());
  private static final Sharing XQUEUES =
      Sharing.both(Topology.SEPARATE, Mode.queues(4, 2, PreemptionLevel.L2));

  /** Writes down what it hears, and may do something at a certain word. */
  private static final class Listening implements Progress {
    final List<String> doing = new ArrayList<>();
    final List<Double> seconds = new ArrayList<>();
    double total;
    String word = "never said";
    Runnable then = () -> {};

    @Override
    public void begin(double totalSeconds) {
      total = totalSeconds;
    }

    @Override
    public void at(double behind, String what) {
      seconds.add(behind);
      if (doing.isEmpty() || !doing.getLast().equals(what)) {
        doing.add(what);
      } else if (what.contains(word)) {
        then.run(); // The second time that it is heard is within the trial.
      }
    }
  }

  @AfterEach
  void noPassIsLeftOpen() {
    assertThat(highModel.openPasses()).isZero();
    assertThat(lowModel.openPasses()).isZero();
    highModel.close();
    lowModel.close();
  }

  @Test
  void roundsInterleaveInAnOrderThatTheSeedDraws() throws Exception {
    var progress = new Listening();
    Experiment.Outcome outcome =
        experiment(3, SECONDS, Sharing.HIGH_ALONE, SHARED, XQUEUES).run(stop, progress);
    assertThat(progress.doing)
        .containsExactly(
            "round 1/3: high alone",
            "round 1/3: separate, XQueue (4,2) L2",
            "round 1/3: shared, baseline",
            "round 2/3: shared, baseline",
            "round 2/3: separate, XQueue (4,2) L2",
            "round 2/3: high alone",
            "round 3/3: separate, XQueue (4,2) L2",
            "round 3/3: high alone",
            "round 3/3: shared, baseline");
    assertThat(outcome.complete()).isTrue();
    assertThat(outcome.series())
        .extracting(Experiment.Series::sharing)
        .containsExactly(Sharing.HIGH_ALONE, SHARED, XQUEUES);
  }

  @Test
  void allWaysOfSharingMeetTheSameRequestsAndEveryRoundOthers() throws Exception {
    List<Experiment.Series> series =
        experiment(2, SECONDS, Sharing.HIGH_ALONE, SHARED, XQUEUES)
            .run(stop, Progress.NONE)
            .series();
    for (int round = 0; round < 2; round++) {
      long[] due = ArrivalTimes.draw(Arrivals.PERIODIC, 200, SECONDS, 7 + round);
      for (Experiment.Series each : series) {
        assertThat(each.rounds().get(round).high().dueNanos()).isEqualTo(due);
        assertThat(each.rounds().get(round).seconds()).isGreaterThanOrEqualTo(SECONDS);
      }
    }
    assertThat(series.getFirst().rounds().get(0).high().dueNanos())
        .isNotEqualTo(series.getFirst().rounds().get(1).high().dueNanos());
  }

  @Test
  void onlySidesThatRunAreRecorded() throws Exception {
    Experiment experiment = experiment(1, 10 * SECONDS, Sharing.HIGH_ALONE, Sharing.LOW_ALONE);
    List<Experiment.Series> series = experiment.run(stop, Progress.NONE).series();
    // Again where the low side stood still for as long as it was measured.
    for (int again = 0; again < 3 && lowAlone(series).low().iterations() == 0; again++) {
      series = experiment.run(stop, Progress.NONE).series();
    }
    Trial.Result highAlone = series.get(0).rounds().getFirst();
    assertThat(highAlone.high()).isNotNull();
    assertThat(highAlone.low()).isEqualTo(BatchSide.Work.NONE);
    assertThat(lowAlone(series).high()).isNull();
    assertThat(lowAlone(series).low().iterations()).isPositive();
  }

  private static Trial.Result lowAlone(List<Experiment.Series> series) {
    return series.get(1).rounds().getFirst();
  }

  @Test
  void progressNeverFallsAndEndsWithinTheTotal() throws Exception {
    var progress = new Listening();
    Experiment experiment = experiment(2, SECONDS, Sharing.HIGH_ALONE, SHARED);
    experiment.run(stop, progress);
    assertThat(progress.total).isEqualTo(experiment.totalSeconds()).isEqualTo(2 * 2 * SECONDS);
    assertThat(progress.seconds).isSorted().first().isEqualTo(0.0);
    assertThat(progress.seconds).last().isEqualTo(progress.total);
  }

  @Test
  void signalBetweenTrialsKeepsThoseBefore() throws Exception {
    var progress = new Listening();
    progress.word = "XQueue (4,2)";
    progress.then = stop::raise;
    Experiment.Outcome outcome =
        experiment(1, SECONDS, Sharing.HIGH_ALONE, SHARED, XQUEUES).run(stop, progress);
    assertThat(outcome.complete()).isFalse();
    assertThat(outcome.series()).extracting(each -> each.rounds().size()).containsExactly(1, 0, 1);
  }

  @Test
  void signalWithinATrialKeepsItsBeginning() throws Exception {
    var progress = new Listening();
    progress.word = "shared, baseline";
    progress.then = stop::raise;
    Experiment.Outcome outcome = experiment(1, HOURS, SHARED, XQUEUES).run(stop, progress);
    Trial.Result partial = outcome.series().getFirst().rounds().getFirst();
    assertThat(outcome.complete()).isFalse();
    assertThat(partial.seconds()).isPositive().isLessThan(HOURS);
    assertThat(partial.high().dueNanos()).isNotEmpty();
    assertThat(outcome.series().getLast().rounds()).isEmpty();
  }

  @Test
  void trialThatWasStoppedBeforeItMeasuredIsNoTrial() throws Exception {
    stop.raise();
    assertThat(
            Trial.run(
                new HostTestbed(workloads, 1, new CommandTimes(false)),
                SHARED,
                new long[] {0},
                HOURS,
                stop,
                seconds -> {}))
        .isNull();
    assertThat(experiment(1, HOURS, SHARED).run(stop, Progress.NONE).complete()).isFalse();
  }

  @Test
  void commandThatFailsEndsTheExperimentAtOnce() throws Exception {
    try (SegmentedModel failing = TinyModels.failing()) {
      assertThat(run(workloads(failing, lowModel), HOURS, XQUEUES).failure())
          .hasMessageStartingWith("a high-priority request failed: ")
          .hasMessageContaining("model failing: segment ");
      assertThat(run(workloads(highModel, failing), HOURS, SHARED).failure())
          .hasMessageContaining("failed: ")
          .hasMessageContaining("model failing: segment ");
      assertThat(failing.openPasses()).isZero();
    }
  }

  @Test
  void commandThatFailsLeavesWhatWasMeasuredBefore() throws Exception {
    try (SegmentedModel failing = TinyModels.failing()) {
      Experiment.Outcome outcome =
          run(workloads(highModel, failing), SECONDS, Sharing.HIGH_ALONE, Sharing.LOW_ALONE);
      assertThat(outcome.complete()).isFalse();
      assertThat(outcome.failure()).hasMessageStartingWith("a low-priority pass failed: ");
      assertThat(outcome.series()).extracting(each -> each.rounds().size()).containsExactly(1, 0);
    }
  }

  @Test
  void trialThatCannotBeSetUpLeavesWhatWasMeasuredBefore() throws Exception {
    var host = new HostTestbed(workloads, 1, new CommandTimes(false));
    Testbed refusing =
        new Testbed() {
          @Override
          public double warmUpSeconds() {
            return host.warmUpSeconds();
          }

          @Override
          public long spinNanos() {
            return host.spinNanos();
          }

          @Override
          public Setup setUp(Sharing sharing) {
            if (sharing.low()) {
              throw new IllegalArgumentException("no such level");
            }
            return host.setUp(sharing);
          }
        };
    Experiment.Outcome outcome =
        new Experiment(
                refusing,
                Arrivals.PERIODIC,
                200,
                List.of(
                    new Experiment.Part(Sharing.HIGH_ALONE, SECONDS),
                    new Experiment.Part(XQUEUES, SECONDS)),
                1,
                7)
            .run(stop, Progress.NONE);
    assertThat(outcome.complete()).isFalse();
    assertThat(outcome.failure()).hasMessage("separate, XQueue (4,2) L2 failed: no such level");
    assertThat(outcome.series()).extracting(each -> each.rounds().size()).containsExactly(1, 0);
  }

  private Experiment.Outcome run(Workloads workloads, double seconds, Sharing... sharings)
      throws InterruptedException {
    return experiment(workloads, 1, seconds, sharings).run(stop, Progress.NONE);
  }

  @Test
  void commandsOfEachSideAreTimedWhereNothingIsScheduled() throws Exception {
    var times = new CommandTimes(true);
    var experiment =
        new Experiment(
            new HostTestbed(workloads, 1, times),
            workloads.high().arrivals(),
            workloads.high().ratePerSecond(),
            Stream.of(SHARED, Sharing.HIGH_ALONE, Sharing.LOW_ALONE, XQUEUES)
                .map(sharing -> new Experiment.Part(sharing, SECONDS))
                .toList(),
            2,
            7);
    Experiment.Outcome outcome = experiment.run(stop, Progress.NONE);
    Map<String, List<RecordedRequest>> sides =
        times.requests(outcome).stream().collect(Collectors.groupingBy(RecordedRequest::side));
    assertThat(sides).containsOnlyKeys("high", "low", "high-shared", "low-shared");
    assertThat(sides.values())
        .allSatisfy(
            requests ->
                assertThat(requests)
                    .isNotEmpty()
                    .isSortedAccordingTo(Comparator.comparingLong(RecordedRequest::dueNanos))
                    .allSatisfy(each -> assertThat(each.commandNanos()).hasSize(segments())));
    List<RecordedRequest> high = sides.get("high");
    List<Trial.Result> rounds = outcome.series().get(1).rounds();
    assertThat(high).hasSize(rounds.stream().mapToInt(this::answers).sum());
    // The second round begins where the first one ended.
    double begin = rounds.getFirst().seconds();
    assertThat(high.getLast().dueNanos() / 1e9).isBetween(begin, begin + SECONDS);
  }

  private int answers(Trial.Result round) {
    return round.high().dueNanos().length;
  }

  private int segments() {
    return highModel.segmentCount();
  }
}
