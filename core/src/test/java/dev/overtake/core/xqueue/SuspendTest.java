package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.scheduler.Schedulable;
import dev.overtake.core.scheduler.Scheduler;
import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stopping a queue and letting it go on, for either of the two reasons, at every level. */
class SuspendTest {
  /** Leaves the decision to the test. */
  private static final class ByHand implements Scheduler {
    private Schedulable queue;
    private int changes;
    private Runnable onChange = () -> {};

    @Override
    public void attach(Schedulable queue) {
      this.queue = queue;
    }

    @Override
    public void detach(Schedulable queue) {}

    @Override
    public void changed() {
      changes++;
      onChange.run();
    }
  }

  private final FakeHwQueue hw = new FakeHwQueue();
  private final ByHand scheduler = new ByHand();
  private final XQueue queue =
      XQueue.on(hw).name("q").scheduler(scheduler).launchConfig(new LaunchConfig(1, 1)).open();

  @Test
  void aSuspendedQueueTakesCommandsAndLaunchesNone() {
    queue.suspend();
    var command = queue.submit(new Named("a"));

    assertThat(hw.calls()).isEmpty();
    assertThat(command.state()).isEqualTo(State.PENDING);
    assertThat(queue.isSuspended()).isTrue();
    assertThat(queue.state()).as("it has something to do").isEqualTo(QueueState.READY);
  }

  @Test
  void whatIsInFlightFinishesAndNothingFollows() {
    queue.submit(new Named("a"));
    queue.submit(new Named("b"));
    hw.calls();

    queue.suspend();
    hw.finish(1);

    assertThat(hw.calls()).isEmpty();
    assertThat(queue.counts()).isEqualTo(new CommandCounts(2, 1, 1, 0, 0));
  }

  @Test
  void whoStopsAQueueThatIsLaunchingWaitsForOneCommandAndNotForAllThatThereIsRoomFor()
      throws InterruptedException {
    queue.setLaunchConfig(new LaunchConfig(16, 8));
    var stops = new ArrayList<Background<Void>>();
    hw.duringNextLaunch(() -> stops.add(Background.waitingIn(scheduler.queue::hold)));

    queue.submitAll(List.of(new Named("a"), new Named("b"), new Named("c")));

    assertThat(stops.getFirst().outcome()).isNull();
    assertThat(hw.calls()).containsExactly("launch a", "marker 1");
    scheduler.queue.release();
    assertThat(hw.calls()).containsExactly("launch b", "launch c");
  }

  @ParameterizedTest
  @CsvSource({
    "L1, ''               , ''",
    "L2, 'deactivate'     , 'reactivate'",
    "L3, 'deactivate interrupt', 'restore reactivate'",
  })
  void theLevelSaysWhatTheHardwareIsTold(PreemptionLevel level, String stop, String goOn) {
    queue.setLevel(level);

    queue.suspend();
    queue.suspend();
    assertThat(String.join(" ", hw.calls())).as("once").isEqualTo(stop);
    queue.resume();
    queue.resume();
    assertThat(String.join(" ", hw.calls())).as("once").isEqualTo(goOn);
  }

  @Test
  void goesOnWithTheHardwareBeforeItLaunchesMore() {
    queue.setLevel(PreemptionLevel.L3);
    queue.suspend();
    queue.submit(new Named("a"));
    hw.calls();

    queue.resume();

    assertThat(hw.calls()).containsExactly("restore", "reactivate", "launch a", "marker 1");
  }

  @ParameterizedTest
  @CsvSource({
    "L1, L2, 'deactivate'",
    "L1, L3, 'deactivate interrupt'",
    "L2, L3, 'interrupt'",
    "L3, L2, 'restore'",
    "L2, L1, 'reactivate'",
    "L3, L1, 'restore reactivate'",
    "L3, L3, ''",
  })
  void aLevelGivenWhileStoppedDeepensOrEasesTheStop(
      PreemptionLevel from, PreemptionLevel to, String calls) {
    queue.setLevel(from);
    queue.suspend();
    queue.submit(new Named("waits"));
    hw.calls();

    queue.setLevel(to);

    assertThat(String.join(" ", hw.calls())).isEqualTo(calls);
    assertThat(queue.level()).isEqualTo(to);
  }

  @Test
  void aLevelGivenWhileRunningTellsTheHardwareNothing() {
    queue.setLevel(PreemptionLevel.L3);

    assertThat(hw.calls()).isEmpty();
  }

  @Test
  void refusesALevelThatTheHardwareDoesNotReach() {
    var modest = XQueue.on(FakeHwQueue.upTo(PreemptionLevel.L1)).open();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> modest.setLevel(PreemptionLevel.L2))
        .withMessage("level L2 is not supported by fake: it reaches L1");
    assertThat(modest.level()).isEqualTo(PreemptionLevel.L1);
  }

  @Test
  void suspendAndSynchronizeStopsFirst() throws InterruptedException {
    queue.setLevel(PreemptionLevel.L2);

    queue.suspend(SuspendFlag.SYNCHRONIZE);

    assertThat(hw.calls()).containsExactly("deactivate", "synchronize");
  }

  @Test
  void resumeAndDropDropsWhatIsPendingAndKeepsWhatIsInFlight() {
    var inFlight = queue.submit(new Named("in flight"));
    queue.suspend();
    var pending = queue.submit(new Named("pending"));
    hw.calls();

    queue.resume(ResumeFlag.DROP_PENDING);
    var later = queue.submit(new Named("later"));
    hw.finish(1);

    assertThat(inFlight.state()).isEqualTo(State.COMPLETED);
    assertThat(pending.state()).isEqualTo(State.DROPPED);
    assertThat(later.state()).isEqualTo(State.IN_FLIGHT);
    assertThat(hw.calls()).containsExactly("launch later", "marker 2");
    assertThat(queue.counts()).isEqualTo(new CommandCounts(3, 2, 1, 0, 1));
  }

  @Test
  void dropsAlsoWhenItIsNotSuspended() {
    queue.submit(new Named("in flight"));
    var pending = queue.submit(new Named("pending"));

    queue.resume(ResumeFlag.DROP_PENDING);

    assertThat(pending.state()).isEqualTo(State.DROPPED);
  }

  @Test
  void dropsWhatIsPendingEvenIfTheSchedulerStillHoldsTheQueue() {
    scheduler.queue.hold();
    var pending = queue.submit(new Named("pending"));

    queue.resume(ResumeFlag.DROP_PENDING);

    assertThat(pending.state()).isEqualTo(State.DROPPED);
    assertThat(queue.isHeld()).isTrue();
    assertThat(queue.state()).isEqualTo(QueueState.IDLE);
  }

  @Test
  void runsOnlyWhenNeitherTheApplicationNorTheSchedulerStopsIt() {
    queue.setLevel(PreemptionLevel.L2);
    queue.suspend();
    scheduler.queue.hold();
    queue.submit(new Named("a"));
    assertThat(hw.calls()).as("stopped once").containsExactly("deactivate");

    queue.resume();
    assertThat(hw.calls()).as("held still").isEmpty();
    assertThat(queue.isHeld()).isTrue();

    queue.suspend();
    scheduler.queue.release();
    assertThat(hw.calls()).as("suspended still").isEmpty();
    assertThat(queue.isHeld()).isFalse();
    assertThat(queue.isSuspended()).isTrue();

    queue.resume();
    assertThat(hw.calls()).containsExactly("reactivate", "launch a", "marker 1");
  }

  @Test
  void holdingAndReleasingAreIdempotent() {
    queue.setLevel(PreemptionLevel.L2);

    scheduler.queue.hold();
    scheduler.queue.hold();
    scheduler.queue.release();
    scheduler.queue.release();

    assertThat(hw.calls()).containsExactly("deactivate", "reactivate");
  }

  @Test
  void toTheSchedulerASuspendedQueueIsNotReadySinceItMustNotHoldOthersBack() {
    queue.submit(new Named("a"));
    scheduler.changes = 0;

    queue.suspend();
    assertThat(scheduler.changes).isEqualTo(1);
    assertThat(scheduler.queue.status().ready()).isFalse();
    assertThat(queue.state()).isEqualTo(QueueState.READY);

    queue.resume();
    assertThat(scheduler.changes).isEqualTo(2);
    assertThat(scheduler.queue.status().ready()).isTrue();
  }

  @Test
  void theSchedulerHearsWhenTheQueueBecomesReadyAndWhenItBecomesIdle() {
    scheduler.changes = 0;
    long before = System.nanoTime();

    queue.submit(new Named("a"));
    assertThat(scheduler.changes).isEqualTo(1);
    QueueStatus status = scheduler.queue.status();
    assertThat(status.ready()).isTrue();
    assertThat(status.readySinceNanos()).isBetween(before, System.nanoTime());
    assertThat(List.of(status.name(), status.device(), status.hints()))
        .isEqualTo(List.of("q", "fake", Hints.NONE));
    assertThat(status.process()).isEqualTo(ProcessHandle.current().pid());
    queue.submit(new Named("b"));
    hw.finish(1);
    assertThat(scheduler.changes).as("ready all along").isEqualTo(1);
    hw.finish(1);
    assertThat(scheduler.changes).isEqualTo(2);
    assertThat(scheduler.queue.status().ready()).isFalse();
  }

  @Test
  void theSchedulerHearsOfCommandsThatAreSubmittedTogetherWhenAllAreThere() {
    var submittedThen = new ArrayList<Long>();
    scheduler.onChange = () -> submittedThen.add(queue.counts().submitted());

    queue.submitAll(List.of(new Named("a"), new Named("b"), new Named("c")));

    assertThat(submittedThen).containsExactly(3L);
  }

  @Test
  void theSchedulerHearsOfNewHints() {
    scheduler.changes = 0;

    queue.setHints(Hints.priority(7));

    assertThat(scheduler.changes).isEqualTo(1);
    assertThat(scheduler.queue.status().hints().priority()).isEqualTo(7);
    assertThat(queue.hints()).isEqualTo(Hints.priority(7));
  }

  @Test
  void onlyWhatIsOnTheHardwareCountsAsServedHeldOrNot() {
    queue.suspend();
    queue.submit(new Named("a"));
    assertThat(scheduler.queue.status().servedNanos()).isZero();

    queue.resume();
    scheduler.queue.hold();
    long running = scheduler.queue.status().servedNanos();
    awaitNextTick();
    assertThat(scheduler.queue.status().servedNanos()).as("it runs on").isGreaterThan(running);

    hw.finishAll();
    long served = scheduler.queue.status().servedNanos();
    assertThat(scheduler.queue.status().servedNanos()).isEqualTo(served).isPositive();
  }

  @Test
  void whatStillRunsWhenTheHardwareIsDeactivatedDoesNotCountAsServed() {
    queue.setLevel(PreemptionLevel.L2);
    queue.submit(new Named("a"));
    scheduler.queue.hold();
    long held = scheduler.queue.status().servedNanos();
    awaitNextTick();
    assertThat(scheduler.queue.status().servedNanos()).as("while it is held").isEqualTo(held);

    scheduler.queue.release();
    awaitNextTick();
    assertThat(scheduler.queue.status().servedNanos()).as("it goes on").isGreaterThan(held);
  }

  private static void awaitNextTick() {
    for (long began = System.nanoTime(); System.nanoTime() == began; ) {
      Thread.onSpinWait();
    }
  }
}
