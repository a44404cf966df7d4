package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which commands are on the hardware, and where the markers stand (XSched, Fig. 6). */
class ProgressiveLaunchingTest {
  private final FakeHwQueue hw = new FakeHwQueue();

  @Test
  void launchesUpToTheThresholdWithAMarkerBehindEveryBatch() {
    submitWhileSuspended(open(4, 2), 10).resume();

    assertThat(hw.calls())
        .containsExactly("launch 1", "launch 2", "marker 2", "launch 3", "launch 4", "marker 4");
  }

  @Test
  void launchesTheNextBatchWhenTheOldestMarkerIsReached() {
    submitWhileSuspended(open(4, 2), 10).resume();
    hw.calls();

    hw.finish(1);
    assertThat(hw.calls()).as("no marker is reached yet").isEmpty();
    hw.finish(1);
    assertThat(hw.calls()).containsExactly("launch 5", "launch 6", "marker 6");
  }

  @Test
  void atOneOneEveryCommandWaitsForTheOneBefore() {
    submitWhileSuspended(open(1, 1), 3).resume();

    assertThat(hw.calls()).containsExactly("launch 1", "marker 1");
    hw.finish(1);
    assertThat(hw.calls()).containsExactly("launch 2", "marker 2");
    hw.finish(1);
    assertThat(hw.calls()).containsExactly("launch 3", "marker 3");
  }

  @Test
  void placesNoMarkerWithinABatchWhileOneIsOutstanding() {
    submitWhileSuspended(open(3, 2), 10).resume();

    assertThat(hw.calls()).containsExactly("launch 1", "launch 2", "marker 2", "launch 3");
    hw.finish(2);
    assertThat(hw.calls()).containsExactly("launch 4", "marker 4", "launch 5");
  }

  @Test
  void placesAMarkerBehindTheLastCommandsWhenTheOneBeforeIsReached() {
    submitWhileSuspended(open(4, 2), 3).resume();

    assertThat(hw.calls()).containsExactly("launch 1", "launch 2", "marker 2", "launch 3");
    hw.finish(2);
    assertThat(hw.calls()).containsExactly("marker 3");
  }

  @Test
  void placesAMarkerWithinABatchIfNoneWouldBeOutstanding() {
    submitWhileSuspended(open(16, 8), 3).resume();

    assertThat(hw.calls()).containsExactly("launch 1", "launch 2", "launch 3", "marker 3");
  }

  @Test
  void commandsThatAreSubmittedTogetherAreLaunchedAsIfOneByOne() {
    open(4, 2).submitAll(List.of(new Named("1"), new Named("2"), new Named("3"), new Named("4")));

    assertThat(hw.calls())
        .containsExactly("launch 1", "launch 2", "marker 2", "launch 3", "launch 4", "marker 4");
  }

  @Test
  void ofCommandsSubmittedTogetherThoseBeforeAWrongOneRun() {
    var queue = open(4, 2);
    var submitted = queue.submit(new Named("1"));

    assertThatIllegalStateException()
        .isThrownBy(() -> queue.submitAll(List.of(new Named("2"), submitted, new Named("3"))));

    assertThat(queue.counts().submitted()).isEqualTo(2);
  }

  @Test
  void aQueueThatIsFedOneByOneStillHasAMarkerForEveryBatchOnly() {
    var queue = open(16, 8);
    for (int i = 1; i <= 17; i++) {
      queue.submit(new Named(Integer.toString(i)));
    }

    assertThat(hw.calls().stream().filter(call -> call.startsWith("marker")))
        .containsExactly("marker 1", "marker 9");
  }

  @Test
  void launchesWithinSubmitWhileThereIsRoom() {
    var queue = open(2, 2);

    queue.submit(new Named("a"));
    assertThat(hw.calls()).containsExactly("launch a", "marker 1");
    queue.submit(new Named("b"));
    assertThat(hw.calls()).containsExactly("launch b");
    queue.submit(new Named("c"));
    assertThat(hw.calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "2,2", "4,2", "5,3", "16,8", "16,16", "1000,1"})
  void neverHasMoreThanTheThresholdInFlightAndFinishesEverythingInOrder(int threshold, int batch) {
    var queue = submitWhileSuspended(open(threshold, batch), 100);
    queue.resume();

    while (hw.unfinished() > 0) {
      hw.finish(1);
    }

    assertThat(hw.mostUnfinished()).isEqualTo(Math.min(threshold, 100));
    assertThat(queue.counts()).isEqualTo(new CommandCounts(100, 100, 100, 0, 0));
    assertThat(hw.calls().stream().filter(call -> call.startsWith("launch")))
        .containsExactlyElementsOf(numbered("launch ", 100));
  }

  @Test
  void aHigherThresholdFillsUpAtOnce() {
    var queue = submitWhileSuspended(open(1, 1), 10);
    queue.resume();
    hw.calls();

    queue.setLaunchConfig(new LaunchConfig(4, 2));

    assertThat(hw.calls()).containsExactly("launch 2", "launch 3", "marker 3", "launch 4");
  }

  @Test
  void aLowerThresholdTakesEffectAsWhatIsInFlightFinishes() {
    var queue = submitWhileSuspended(open(4, 1), 10);
    queue.resume();
    hw.calls();

    queue.setLaunchConfig(new LaunchConfig(2, 1));
    hw.finish(2);
    assertThat(hw.calls()).as("two are in flight still").isEmpty();
    hw.finish(1);
    assertThat(hw.calls()).containsExactly("launch 5", "marker 5");
  }

  @Test
  void goesOnWhenTheMarkerOfTheLastCommandsIsReachedAtOnceAfterTheThresholdWasLowered() {
    var queue = open(6, 6);
    for (int i = 1; i <= 6; i++) {
      queue.submit(new Named(Integer.toString(i)));
    }
    queue.setLaunchConfig(new LaunchConfig(2, 1));
    queue.submit(new Named("7"));
    hw.calls();

    hw.finish(6); // Reaches marker 1; marker 6 is placed behind commands that have finished.

    assertThat(hw.calls()).containsExactly("marker 6", "launch 7", "marker 7");
  }

  @Test
  void aConfigGivenWhileStoppedCountsWhatIsInFlightWhenTheQueueGoesOn() {
    var queue = submitWhileSuspended(open(2, 1), 10);
    queue.resume();
    queue.suspend();
    hw.calls();

    queue.setLaunchConfig(new LaunchConfig(3, 3));
    assertThat(hw.calls()).as("stopped").isEmpty();
    queue.resume();
    assertThat(hw.calls()).containsExactly("launch 3");
  }

  @Test
  void aLowerThresholdGivenWhileStoppedLaunchesNothingUntilThereIsRoom() {
    var queue = submitWhileSuspended(open(4, 4), 10);
    queue.resume();
    queue.suspend();
    hw.calls();

    queue.setLaunchConfig(new LaunchConfig(1, 1));
    queue.resume();
    assertThat(hw.calls()).isEmpty();
    hw.finish(4);
    assertThat(hw.calls()).containsExactly("launch 5", "marker 5");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "16,8"})
  void hardwareThatFinishesAtOnceDoesNotRecurse(int threshold, int batch) {
    var atOnce = FakeHwQueue.finishesAtOnce();
    var queue = XQueue.on(atOnce).launchConfig(new LaunchConfig(threshold, batch)).open();

    submitWhileSuspended(queue, 1_000_000).resume();

    assertThat(queue.counts()).isEqualTo(new CommandCounts(1_000_000, 1_000_000, 1_000_000, 0, 0));
    assertThat(queue.state()).isEqualTo(QueueState.IDLE);
  }

  @Test
  void aFinishedCommandThatSomebodyKeepsDoesNotKeepLaterOnes() {
    var queue = open(1, 1);
    Command completed = queue.submit(new Named("completed"));
    Command failed = queue.submit(new Named("failed"));
    Command lastInFlight = queue.submit(new Named("last in flight"));
    Command dropped = queue.submit(new Named("dropped"));
    queue.submit(new Named("dropped too"));

    hw.finish(1);
    hw.fail(new IllegalStateException());
    queue.resume(ResumeFlag.DROP_PENDING);
    Command later = queue.submit(new Named("later"));
    assertThat(lastInFlight.next).isSameAs(later);
    hw.lose(new IllegalStateException());

    assertThat(new Command[] {completed, failed, lastInFlight, dropped, later})
        .allMatch(command -> command.state().isFinished() && command.next == null);
  }

  private XQueue open(int threshold, int batch) {
    return XQueue.on(hw).launchConfig(new LaunchConfig(threshold, batch)).open();
  }

  private static XQueue submitWhileSuspended(XQueue queue, int commands) {
    queue.suspend();
    for (int i = 1; i <= commands; i++) {
      queue.submit(new Named(Integer.toString(i)));
    }
    return queue;
  }

  private static List<String> numbered(String prefix, int count) {
    return java.util.stream.IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
  }
}
