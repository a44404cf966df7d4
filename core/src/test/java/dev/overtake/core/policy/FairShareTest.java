package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.overtake.core.policy.VirtualSharing.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The policies that give shares: UP, PUP, SPUP and CFS. */
class FairShareTest {
  private static final long MS = 1_000_000;
  private static final long TIMESLICES_100 = 200 * MS;
  private static final double TWO_POINTS = 0.02;

  private static Hints share(int percent) {
    return Hints.NONE.withUtilizationPercent(percent);
  }

  private static void assertShares(VirtualSharing sharing, double... shares) {
    for (int i = 0; i < shares.length; i++) {
      assertThat(sharing.share(i, TIMESLICES_100))
          .as("share of %d", i)
          .isCloseTo(shares[i], within(TWO_POINTS));
    }
  }

  private static VirtualSharing run(Policy policy, Load... loads) {
    return new VirtualSharing(policy, List.of(loads)).until(TIMESLICES_100);
  }

  @Test
  void busyQueuesGetTheirShares() {
    for (Policy policy :
        List.of(
            new UtilizationPartition(),
            new ProcessUtilizationPartition(),
            new StrictProcessUtilizationPartition())) {
      assertShares(run(policy, Load.endless(1, share(70)), Load.endless(2, share(30))), 0.7, 0.3);
      assertShares(
          run(
              policy,
              Load.endless(1, share(60)),
              Load.endless(2, Hints.NONE),
              Load.endless(3, Hints.NONE)),
          0.6,
          0.2,
          0.2);
    }
  }

  @Test
  void sharesThatAddUpToMoreThanTheDeviceAreScaledDown() {
    assertShares(
        run(
            new UtilizationPartition(),
            Load.endless(1, share(100)),
            Load.endless(2, share(100)),
            Load.endless(3, Hints.NONE)),
        0.4975,
        0.4975,
        0.005);
  }

  @Test
  void whoGaveNoShareGetsSomething() {
    var sharing =
        run(new UtilizationPartition(), Load.endless(1, share(100)), Load.endless(2, Hints.NONE));

    assertThat(sharing.share(1, TIMESLICES_100)).isPositive();
  }

  @Test
  void timeOfIdleQueuesGoesToTheOthersByTheirShares() {
    assertShares(
        run(
            new UtilizationPartition(),
            Load.endless(1, share(50)).requests(MS, Long.MAX_VALUE / 2),
            Load.endless(2, share(30)),
            Load.endless(3, share(20))),
        0.005,
        0.6,
        0.4);
  }

  @Test
  void whoWorksInShortRequestsKeepsItsShare() {
    for (Policy policy : List.of(new UtilizationPartition(), new ProcessUtilizationPartition())) {
      assertShares(
          run(
              policy,
              Load.endless(1, share(50)).requests(MS / 2, MS / 5),
              Load.endless(2, share(50))),
          0.5,
          0.5);
    }
  }

  @Test
  void nothingIsDueToANewcomerOfTheTimeBeforeItCame() {
    for (Policy policy :
        List.of(
            new CompletelyFair(),
            new UtilizationPartition(),
            new ProcessUtilizationPartition(),
            new StrictProcessUtilizationPartition())) {
      Decision first = policy.schedule(Queue.snapshot(Queue.ready(1)), 0);
      var second =
          new Snapshot(List.of(Queue.ready(1).status(), Queue.ready(2).status()), first.memory());

      var memory = (FairShareMemory) policy.schedule(second, 1000 * MS).memory();

      assertThat(memory).as(policy.name()).isNotNull();
      assertThat(memory.owed[1]).as(policy.name()).isZero();
    }
  }

  @Test
  void whoWasIdleForLongMakesUpForATimesliceAndNoMore() {
    var sharing =
        new VirtualSharing(
                new UtilizationPartition(),
                List.of(
                    Load.endless(1, Hints.NONE),
                    Load.endless(2, Hints.NONE).between(500 * MS, Long.MAX_VALUE)))
            .until(500 * MS)
            .restart()
            .until(500 * MS + TIMESLICES_100);

    assertShares(sharing, 0.5, 0.5);
  }

  @Test
  void sharesHoldWhileOthersComeAndGo() {
    var loads =
        IntStream.range(0, 40)
            .mapToObj(i -> Load.endless(10 + i, share(20)).between(10 * MS * i, 10 * MS * (i + 1)))
            .toList();
    var all = new ArrayList<Load>();
    all.add(Load.endless(1, share(50)));
    all.add(Load.endless(2, share(30)));
    all.addAll(loads);
    var sharing = new VirtualSharing(new UtilizationPartition(), all);

    assertShares(sharing.until(TIMESLICES_100), 0.5, 0.3);
    assertShares(sharing.restart().until(2 * TIMESLICES_100), 0.5, 0.3);
  }

  @Test
  void queuesOfAProcessRunTogetherAndCountOnce() {
    var sharing =
        run(
            new ProcessUtilizationPartition(),
            Load.endless(1, share(50)),
            Load.endless(1, Hints.NONE),
            Load.endless(2, share(50)));

    assertShares(sharing, 0.25, 0.25, 0.5);
  }

  @Test
  void whoClosesAQueueIsChargedForItsOthers() {
    var run =
        new PolicyRun(
            new ProcessUtilizationPartition(),
            (failed, failure) -> {
              throw new AssertionError(failure);
            });
    QueueStatus other = served(3, 2, 0);
    List<QueueStatus> first = List.of(served(1, 1, 0), served(2, 1, 0), other);
    assertThat(Queue.held(run.decide(first, 0), first)).containsExactly(3L);
    List<QueueStatus> second = List.of(served(1, 1, MS), served(2, 1, MS), other);
    assertThat(Queue.held(run.decide(second, 2 * MS), second)).containsExactly(1L, 2L);

    // In the turn of the other process the first queue ran on, and the second one was closed.
    List<QueueStatus> third = List.of(served(1, 1, MS + MS / 2), other);
    assertThat(Queue.held(run.decide(third, 4 * MS + MS / 4), third)).containsExactly(1L);
  }

  private static QueueStatus served(long id, long process, long servedNanos) {
    return new QueueStatus(id, "q" + id, "gpu", process, 0, true, 0, servedNanos, Hints.NONE);
  }

  @Test
  void strictSharesLeaveTheRestIdle() {
    var sharing =
        run(
            new StrictProcessUtilizationPartition(),
            Load.endless(1, share(30)),
            Load.endless(2, share(20)),
            Load.endless(3, share(50)).requests(MS, Long.MAX_VALUE / 2));

    assertShares(sharing, 0.3, 0.2);
    assertThat(sharing.wastedNanos()).isGreaterThan((long) (0.5 * TIMESLICES_100));
  }

  @Test
  void strictlyNobodySavesUpWhileIdle() {
    var sharing =
        new VirtualSharing(
                new StrictProcessUtilizationPartition(),
                List.of(
                    Load.endless(1, share(50)).requests(100 * MS, 400 * MS),
                    Load.endless(2, share(50)).requests(1, Long.MAX_VALUE / 2)))
            .until(600 * MS)
            .restart()
            .until(600 * MS + TIMESLICES_100);

    assertThat(sharing.share(0, TIMESLICES_100)).isLessThan(0.5 + TWO_POINTS);
  }

  @Test
  void timeIsInProportionToWeights() {
    assertShares(
        run(
            new CompletelyFair(),
            Load.endless(1, Hints.priority(0)),
            Load.endless(2, Hints.priority(1))),
        1 / 2.25,
        1.25 / 2.25);
  }

  @Test
  void prioritiesAtTheEndsOfTheRangeAreServed() {
    var sharing =
        new VirtualSharing(
                new CompletelyFair(),
                List.of(
                    Load.endless(1, Hints.priority(Hints.MIN_PRIORITY)),
                    Load.endless(2, Hints.priority(Hints.MAX_PRIORITY))))
            .until(60_000 * MS);

    assertThat(sharing.share(0, 60_000 * MS)).isCloseTo(1 / 7524.0, within(0.5 / 7524));
  }

  @Test
  void newcomersDoNotStarveThoseThatWait() {
    var loads =
        IntStream.range(0, 2_000)
            .mapToObj(i -> Load.endless(10 + i, Hints.NONE).between(i * MS, (i + 1) * MS))
            .toList();
    var all = new ArrayList<Load>();
    all.add(Load.endless(1, Hints.NONE));
    all.add(Load.endless(2, Hints.NONE));
    all.addAll(loads);
    var sharing = new VirtualSharing(new CompletelyFair(), all).until(TIMESLICES_100);

    assertThat(sharing.share(0, TIMESLICES_100)).isGreaterThan(0.3);
    assertThat(sharing.share(1, TIMESLICES_100)).isGreaterThan(0.3);
  }

  @Test
  void decidesOnceATimesliceAndNotMore() {
    var sharing =
        run(new CompletelyFair(), Load.endless(1, Hints.NONE), Load.endless(2, Hints.NONE));

    assertThat(sharing.decisions()).isBetween(99, 102);
  }

  @Test
  void oneAloneIsLeftAlone() {
    var alone = Load.endless(1, share(10));

    assertThat(run(new UtilizationPartition(), alone).decisions()).isEqualTo(1);
    assertThat(run(new CompletelyFair(), alone).decisions()).isEqualTo(1);
  }

  @Property(tries = 50)
  void whoeverComesAndGoesNoTimeIsWasted(@ForAll("loads") List<Load> loads) {
    for (Policy policy :
        List.of(
            new UtilizationPartition(), new ProcessUtilizationPartition(), new CompletelyFair())) {
      var sharing = new VirtualSharing(policy, loads).until(50 * MS);

      assertThat(sharing.wastedNanos()).as(policy.name()).isZero();
    }
  }

  @Property(tries = 50)
  void strictSharesAreNeverExceeded(@ForAll("loads") List<Load> loads) {
    var tenths = new ArrayList<Load>();
    for (Load load : loads) { // A process each, so that shares do not change when others leave.
      tenths.add(
          Load.endless(tenths.size(), share(10))
              .between(load.fromNanos(), load.untilNanos())
              .requests(load.requestNanos(), load.thinkNanos()));
    }
    var sharing = new VirtualSharing(new StrictProcessUtilizationPartition(), tenths);

    sharing.until(50 * MS);

    for (int i = 0; i < tenths.size(); i++) {
      assertThat(sharing.share(i, 1)).isLessThanOrEqualTo(0.1 * 50 * MS + 3 * 2 * MS);
    }
  }

  @Property(tries = 50)
  void anyHintsCanBeCarriedOutStrictly(@ForAll("loads") List<Load> loads) {
    var sharing = new VirtualSharing(new StrictProcessUtilizationPartition(), loads);

    sharing.until(50 * MS); // Fails if the policy does.

    assertThat(sharing.decisions()).isPositive();
  }

  @Provide
  Arbitrary<List<Load>> loads() {
    var hints =
        Combinators.combine(
                Arbitraries.integers().between(-30, 30),
                Arbitraries.of(0, 1, 10, 50, 100),
                Arbitraries.of(0L, 1L, MS, Long.MAX_VALUE))
            .as(
                (priority, percent, timeslice) ->
                    Hints.priority(priority)
                        .withUtilizationPercent(percent)
                        .withTimesliceNanos(timeslice));
    return Combinators.combine(
            Arbitraries.of("a", "b"),
            Arbitraries.longs().between(1, 3),
            hints,
            Arbitraries.longs().between(0, 20),
            Arbitraries.longs().between(1, 40),
            Arbitraries.of(1L, 100_000L, MS / 2, 3 * MS, Long.MAX_VALUE),
            Arbitraries.of(10_000L, MS / 2, 2 * MS))
        .as(
            (device, process, hint, from, length, request, think) ->
                new Load(device, process, hint, from * MS, (from + length) * MS, request, think))
        .list()
        .ofMaxSize(8);
  }
}
