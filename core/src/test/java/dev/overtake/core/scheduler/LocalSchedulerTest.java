package dev.overtake.core.scheduler;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import dev.overtake.core.testing.Background;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.BiFunction;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LocalSchedulerTest {
  /** A queue that is whatever the test says, and writes down what it is told. */
  private final class TestQueue implements Schedulable {
    private final String name;
    private volatile boolean ready;
    private volatile int priority;
    private String device = "gpu";
    private boolean held;
    private boolean hasStatus = true;
    private Runnable onHold = () -> {};
    private Runnable onRelease = () -> {};

    TestQueue(String name, int priority) {
      this.name = name;
      this.priority = priority;
    }

    void becomes(boolean ready) {
      this.ready = ready;
      scheduler.changed();
    }

    @Override
    public QueueStatus status() {
      if (!hasStatus) {
        throw new OutOfMemoryError("no status");
      }
      return new QueueStatus(0, name, device, 0, 0, ready, 0, Hints.priority(priority));
    }

    @Override
    public void hold() {
      held = true;
      told.add("hold " + name);
      onHold.run();
    }

    @Override
    public void release() {
      held = false;
      told.add("release " + name);
      onRelease.run();
    }
  }

  /** A policy in a few words. */
  private record TestPolicy(BiFunction<Snapshot, Long, Decision> rule) implements Policy {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      return rule.apply(snapshot, nowNanos);
    }
  }

  private static final Policy HPF = new HighestPriorityFirst();

  private final List<String> told = new ArrayList<>();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private volatile long nowNanos;
  private final LocalScheduler scheduler = new LocalScheduler(HPF, () -> nowNanos, () -> timer);
  private final TestQueue low = new TestQueue("low", 1);
  private final TestQueue high = new TestQueue("high", 10);

  LocalSchedulerTest() {
    timer.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void holdsTheLowWhileTheHighIsReady() {
    attach(low, high);
    low.becomes(true);
    assertThat(told).isEmpty();

    high.becomes(true);
    assertThat(told).containsExactly("hold low");
    high.becomes(false);
    assertThat(told).containsExactly("hold low", "release low");
  }

  @Test
  void tellsAQueueOnlyWhatIsNewToIt() {
    attach(low, high);
    high.becomes(true);
    scheduler.changed();
    low.becomes(true);

    assertThat(told).containsExactly("hold low");
  }

  @Test
  void holdsBeforeItReleases() {
    var middle = new TestQueue("middle", 5);
    attach(low, middle, high);
    low.ready = true;
    middle.becomes(true);
    told.clear();

    low.priority = 7;
    scheduler.changed();

    assertThat(told).containsExactly("hold middle", "release low");
  }

  @Test
  void queuesOfEqualPriorityAndOfOtherDevicesRunOn() {
    var equal = new TestQueue("equal", 10);
    var elsewhere = new TestQueue("elsewhere", 1);
    elsewhere.device = "other gpu";
    attach(low, high, equal, elsewhere);

    high.becomes(true);

    assertThat(told).containsExactly("hold low");
  }

  @Test
  void hintsCountAtOnce() {
    attach(low, high);
    low.ready = true;
    high.becomes(true);

    low.priority = 11;
    scheduler.changed();

    assertThat(told).containsExactly("hold low", "hold high", "release low");
  }

  @Test
  void anotherPolicyDecidesOverWhatIsQueuedAlready() {
    attach(low, high);
    low.ready = true;
    high.becomes(true);

    var everything = new TestPolicy((snapshot, now) -> Decision.runAll());
    scheduler.setPolicy(everything);
    assertThat(told).containsExactly("hold low", "release low");
    assertThat(scheduler.policy()).isEqualTo(everything);
    scheduler.setPolicy(HPF);
    assertThat(told).containsExactly("hold low", "release low", "hold low");
  }

  @Test
  void aQueueAttachedBelowAReadyOneIsHeldAtOnce() {
    attach(high);
    high.becomes(true);

    attach(low);

    assertThat(told).containsExactly("hold low");
  }

  @Test
  void aDetachedQueueIsReleasedAndNoLongerCounts() {
    attach(low, high);
    high.becomes(true);

    scheduler.detach(high);
    assertThat(low.held).isFalse();
    scheduler.detach(low);
    told.clear();
    high.becomes(true);
    assertThat(told).isEmpty();
  }

  @Test
  void detachingTheHeldQueueReleasesIt() {
    attach(low, high);
    high.becomes(true);

    scheduler.detach(low);

    assertThat(told).containsExactly("hold low", "release low");
  }

  @Test
  void detachingAQueueThatIsNotAttachedDoesNothing() {
    scheduler.detach(low);

    assertThat(told).isEmpty();
  }

  @Test
  void aQueueDetachedWhileItIsBeingHeldIsLeftReleased() throws InterruptedException {
    var beforeHold = new CountDownLatch(1);
    var detached = new CountDownLatch(1);
    var slow = new TestQueue("slow", 2);
    slow.onHold =
        () -> {
          beforeHold.countDown();
          awaitUnchecked(detached);
        };
    attach(slow, low, high); // The slow one is held first.
    var deciding = Background.started(() -> high.becomes(true));
    beforeHold.await();

    scheduler.detach(low);
    detached.countDown();

    assertThat(deciding.outcome()).isNull();
    assertThat(low.held).isFalse();
  }

  @Test
  void closingReleasesEverythingAndEndsItsSay() {
    attach(low, high);
    high.becomes(true);

    scheduler.close();
    scheduler.close();
    assertThat(told).containsExactly("hold low", "release low");
    high.becomes(false);
    high.becomes(true);
    assertThat(told).containsExactly("hold low", "release low");
    assertThatIllegalStateException().isThrownBy(() -> attach(new TestQueue("late", 1)));
  }

  @Test
  void closedFromWithinADecisionItReleasesWhatItJustHeld() {
    attach(low, high);
    low.onHold = scheduler::close;

    high.becomes(true);

    assertThat(told).containsExactly("hold low", "release low");
  }

  @Test
  void aChangeFromWithinADecisionIsDecidedAfterIt() {
    attach(low, high);
    low.onHold = () -> high.becomes(false);

    high.becomes(true);

    assertThat(told).containsExactly("hold low", "release low");
  }

  @Test
  void aChangeFromWithinTheReleasesIsDecidedBeforeTheRestOfThem() {
    var lower = new TestQueue("lower", 0);
    attach(low, lower, high);
    high.becomes(true);
    told.clear();
    low.onRelease = () -> high.becomes(true);

    high.becomes(false);

    assertThat(told).containsExactly("release low", "hold low");
    assertThat(lower.held).isTrue();
  }

  /** The high queue comes back at each release; its pauses are too short for more than one. */
  @Test
  void queuesTakeTurnsWhereADecisionGetsNoFurtherThanOneRelease() {
    var lower = new TestQueue("lower", 1);
    attach(low, lower, high);
    high.becomes(true);
    told.clear();
    low.onRelease = () -> high.becomes(true);
    lower.onRelease = () -> high.becomes(true);

    high.becomes(false);
    high.becomes(false);

    assertThat(told).containsExactly("release low", "hold low", "release lower", "hold lower");
  }

  @Test
  void changesWithoutEndDoNotKeepAQueueFromItsRelease() {
    var lower = new TestQueue("lower", 1);
    attach(low, lower, high);
    high.becomes(true);
    told.clear();
    low.onRelease = scheduler::changed;
    lower.onRelease = scheduler::changed;

    high.becomes(false);

    assertThat(told).containsExactly("release low", "release lower");
  }

  @Test
  void aQueueAttachedFromWithinADecisionIsDecidedOver() {
    attach(low, high);
    var another = new TestQueue("another", 2);
    low.onHold = () -> attach(another);

    high.becomes(true);

    assertThat(told).containsExactly("hold low", "hold another");
  }

  @Test
  void aThreadThatReportsAChangeDoesNotWaitForAnothersDecision() throws InterruptedException {
    var deciding = new CountDownLatch(1);
    var reported = new CountDownLatch(1);
    attach(low, high);
    high.becomes(true);
    var slow =
        Background.started(
            () ->
                scheduler.setPolicy(
                    new TestPolicy(
                        (snapshot, now) -> {
                          deciding.countDown();
                          awaitUnchecked(reported);
                          return HPF.schedule(snapshot, now);
                        })));
    deciding.await();

    high.becomes(false); // Returns, though a decision that saw it ready is under way.
    reported.countDown();

    assertThat(slow.outcome()).isNull();
    assertThat(told).containsExactly("hold low", "release low");
  }

  static Throwable[] failures() {
    return new Throwable[] {new IllegalStateException("policy"), new StackOverflowError("policy")};
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPolicyThatThrowsReleasesEverythingIsLoggedOnceAndIsAskedAgain(Throwable failure) {
    attach(low, high);
    high.becomes(true);
    var broken = new boolean[] {true};
    var policy =
        new TestPolicy(
            (snapshot, now) -> {
              if (broken[0]) {
                throwUnchecked(failure);
              }
              return HPF.schedule(snapshot, now);
            });

    var log =
        logged(
            () -> {
              scheduler.setPolicy(policy);
              scheduler.changed();
            });
    assertThat(told).containsExactly("hold low", "release low");
    assertThat(log).hasSize(1);
    assertThat(log.getFirst().getMessage()).contains("policy test failed");
    assertThat(log.getFirst().getThrown()).isSameAs(failure);

    broken[0] = false;
    assertThat(logged(scheduler::changed)).isEmpty();
    assertThat(low.held).as("asked again").isTrue();
    broken[0] = true;
    assertThat(logged(scheduler::changed)).as("it failed anew").hasSize(1);
  }

  @Test
  void aPolicyThatDecidesNothingHasFailed() {
    attach(low, high);
    high.becomes(true);

    var log = logged(() -> scheduler.setPolicy(new TestPolicy((snapshot, now) -> null)));

    assertThat(log).hasSize(1);
    assertThat(low.held).isFalse();
  }

  @Test
  void aDecisionThatFailsReleasesEverythingAndIsNotTheLast() {
    attach(low, high);
    high.becomes(true);
    assertThat(low.held).isTrue();

    low.hasStatus = false;
    List<LogRecord> log = logged(() -> low.becomes(true));
    assertThat(log).hasSize(1);
    assertThat(low.held).isFalse();

    low.hasStatus = true;
    low.becomes(true);
    assertThat(low.held).isTrue();
    scheduler.close();
    assertThat(low.held).isFalse();
  }

  @Test
  void aQueueThatBreaksItsPromiseNotToThrowStopsNoDecisionAndHarmsNoCaller() {
    attach(low, high);
    low.onHold =
        () -> {
          throw new IllegalStateException("promise broken");
        };
    assertThatCode(() -> high.becomes(true)).doesNotThrowAnyException();
    assertThatCode(() -> high.becomes(false)).doesNotThrowAnyException();

    assertThat(low.held).isFalse();
  }

  @Test
  void asksAgainWhenThePolicyWantedToBeWoken() {
    nowNanos = 1_000;
    var asked = new ArrayList<Long>();
    scheduler.setPolicy(
        new TestPolicy(
            (snapshot, now) -> {
              asked.add(now);
              return Decision.hold(new BitSet(), now < 5_000 ? hours(1) : Decision.NEVER);
            }));
    assertThat(alarms()).hasSize(1);
    assertThat(alarms().getFirst().getDelay(NANOSECONDS)).isBetween(hours(1) / 2, hours(1) - 1_000);

    nowNanos = 5_000;
    ring();

    assertThat(asked).containsExactly(1_000L, 5_000L);
    assertThat(alarms()).isEmpty();
  }

  @Test
  void aWakeUpThatComesEarlyIsAskedForAgain() {
    scheduler.setPolicy(new TestPolicy((snapshot, now) -> Decision.hold(new BitSet(), hours(1))));

    ring();

    assertThat(alarms()).hasSize(1);
  }

  @Test
  void onlyTheLastWakeUpStandsHoweverOftenThePolicyMovesIt() {
    scheduler.setPolicy(
        new TestPolicy((snapshot, now) -> Decision.hold(new BitSet(), now + hours(1))));
    for (int i = 0; i < 100; i++) {
      nowNanos = i;
      scheduler.changed();
    }

    assertThat(alarms()).hasSize(1);
    scheduler.setPolicy(HPF);
    assertThat(alarms()).isEmpty();
  }

  @Test
  void aWakeUpInThePastIsAFailure() {
    nowNanos = hours(5);
    scheduler.setPolicy(
        new TestPolicy((snapshot, now) -> Decision.hold(BitSet.valueOf(new long[] {1}), hours(4))));

    assertThat(low.held).isFalse();
    assertThat(alarms()).isEmpty();
  }

  @Test
  void closingCancelsTheWakeUp() {
    scheduler.setPolicy(new TestPolicy((snapshot, now) -> Decision.hold(new BitSet(), hours(1))));

    scheduler.close();

    assertThat(timer.isShutdown()).isTrue();
    assertThat(alarms()).isEmpty();
  }

  @Test
  void theApplicationManagedSchedulerHoldsNobody() {
    var none = Scheduler.applicationManaged();
    none.attach(low);
    low.ready = true;
    none.changed();
    none.detach(low);

    assertThat(told).isEmpty();
  }

  private void attach(TestQueue... queues) {
    for (var queue : queues) {
      scheduler.attach(queue);
    }
  }

  private List<RunnableScheduledFuture<?>> alarms() {
    return timer.getQueue().stream()
        .<RunnableScheduledFuture<?>>map(task -> (RunnableScheduledFuture<?>) task)
        .toList();
  }

  /** Lets the only wake-up come now, on this thread. */
  private void ring() {
    var alarm = alarms().getFirst();
    assertThat(timer.remove(alarm)).isTrue();
    alarm.run();
  }

  private static long hours(int hours) {
    return hours * 3_600_000_000_000L;
  }

  private static List<LogRecord> logged(Runnable action) {
    var logger = Logger.getLogger(LocalScheduler.class.getName());
    var records = new ArrayList<LogRecord>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            records.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      action.run();
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    return records;
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void throwUnchecked(Throwable failure) {
    switch (failure) {
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new AssertionError(failure);
    }
  }
}
