package dev.overtake.sim.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.Snapshot;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.engine.ClientResult;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final Policies INSTALLED =
      Policies.of(List.of(new HighestPriorityFirst(), new Broken()));

  /** Fails now and then. */
  private static final class Broken implements Policy {
    @Override
    public String name() {
      return "BROKEN";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      if (nowNanos > SECOND) {
        throw new IllegalStateException("out of ideas");
      }
      return Decision.runAll();
    }
  }

  private static final Client REQUESTS =
      Client.of(
              "requests",
              "gpu",
              new Load.OpenLoop(Load.Arrivals.POISSON, 20),
              Work.commands(10, new Distribution.Exponential(MILLI)))
          .withHints(Hints.priority(10));
  private static final Client LOOP =
      Client.of(
              "loop",
              "gpu",
              Load.ClosedLoop.withoutPause(),
              Work.commands(10, new Distribution.Constant(MILLI)))
          .withCount(2);
  private static final Scenario SCENARIO =
      new Scenario(
          "test",
          3,
          10 * SECOND,
          SECOND,
          "HPF",
          0,
          List.of(
              Machine.of(
                  Device.ideal("gpu", PreemptionLevel.L1, new Sharing.CommandTurns()),
                  List.of(REQUESTS, LOOP))));

  @Test
  void eachClientIsSimulatedAloneWithTheSameRequests() {
    Comparison comparison = Comparison.run(SCENARIO, List.of("NONE", "HPF"), INSTALLED);
    ClientResult alone = comparison.alone("machine", "requests");
    for (Comparison.Outcome outcome : comparison.outcomes()) {
      ClientResult shared = outcome.result().machines().getFirst().client("requests");
      assertThat(shared.requests()).isEqualTo(alone.requests());
      assertThat(shared.meanLatencyNanos()).isGreaterThan(alone.meanLatencyNanos());
    }
    // The loop alone is one loop, which has the device to itself.
    ClientResult loop = comparison.alone("machine", "loop");
    assertThat(loop.meanLatencyNanos()).isCloseTo(10e6, within(1e3));
    assertThat(loop.serviceNanos()).isEqualTo(SCENARIO.measuredNanos());
  }

  @Test
  void sameScenarioGivesTheSameResults() {
    assertThat(Comparison.run(SCENARIO, List.of("HPF"), INSTALLED))
        .isEqualTo(Comparison.run(SCENARIO, List.of("HPF"), INSTALLED));
  }

  @Test
  void failingPolicyIsToldAndEverythingRuns() {
    Comparison comparison = Comparison.run(SCENARIO, List.of("NONE", "BROKEN"), INSTALLED);
    assertThat(comparison.outcomes().getFirst().failure()).isNull();
    assertThat(comparison.outcomes().getLast().failure())
        .isEqualTo("failed once, and everything ran instead: out of ideas");
    assertThat(comparison.outcomes().getLast().result().machines().getFirst().client("loop"))
        .extracting(ClientResult::finished)
        .satisfies(finished -> assertThat((long) finished).isPositive());
  }

  @Test
  void unknownPolicyIsToldBeforeAnythingIsSimulated() {
    assertThatThrownBy(() -> Comparison.run(SCENARIO, List.of("HPF", "FIFO"), INSTALLED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FIFO")
        .hasMessageContaining("HPF");
  }

  @Test
  void timelineShowsWhoRanAndWhoWasHeld() {
    Comparison comparison = Comparison.run(SCENARIO, List.of("NONE", "HPF"), INSTALLED);
    Timeline none = comparison.outcomes().getFirst().timeline();
    Timeline hpf = comparison.outcomes().getLast().timeline();
    assertThat(none.lanes())
        .extracting(Timeline.Lane::client)
        .containsExactly("requests", "loop", "loop");
    assertThat(none.lanes()).allSatisfy(lane -> assertThat(lane.held()).isEmpty());
    assertThat(hpf.lanes().getFirst().held()).isEmpty();
    assertThat(hpf.lanes().get(1).held()).isNotEmpty();
    for (Timeline timeline : List.of(none, hpf)) {
      assertThat(timeline.fromNanos()).isEqualTo(SECOND);
      assertThatNothingOverlapsAndTheDeviceIsBusy(timeline);
    }
  }

  private static void assertThatNothingOverlapsAndTheDeviceIsBusy(Timeline timeline) {
    List<Timeline.Span> spans =
        timeline.lanes().stream()
            .flatMap(lane -> lane.ran().stream())
            .sorted((a, b) -> Long.compare(a.fromNanos(), b.fromNanos()))
            .toList();
    assertThat(spans.getFirst().fromNanos()).isEqualTo(timeline.fromNanos());
    assertThat(spans.getLast().untilNanos()).isEqualTo(timeline.untilNanos());
    for (int i = 1; i < spans.size(); i++) {
      assertThat(spans.get(i).fromNanos()).isEqualTo(spans.get(i - 1).untilNanos());
    }
  }
}
