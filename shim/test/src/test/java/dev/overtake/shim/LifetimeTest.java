package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.PolicyHints;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes, threads, streams and contexts that come and go. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class LifetimeTest {
  private static final String[] USE = {"a device 0", "a launch default empty 2", "a sync default"};
  private static final List<String> ROUND =
      List.of("a launch default busy_1000us 3", "a device 0", "a release-device 0");
  private static final PolicyHints EVERY_HINT =
      PolicyHints.NOTHING
          .priority(-3)
          .utilizationPercent(75)
          .timesliceNanos(2_000_000)
          .deadlineNanos(10_000_000)
          .laxity(new Laxity(5_000_000, -20, 20))
          .windowActive(true)
          .latencyTarget(new LatencyTarget(4_000_000, 99.5));

  @Test
  void processThatEndsLeavesNothing(Lab lab) {
    Puppet puppet = lab.puppet(3).act(USE);
    assertThat(lab.queues(puppet.pid())).hasSize(1);
    puppet.end();
    assertThat(lab.page().slots().status()).isEmpty();
  }

  @Test
  void queueInheritsNothingFromTheFormerOneOfItsSlot(Lab lab) {
    Puppet former = lab.puppet(3).act(USE);
    SlotStatus before = lab.queue(former.pid());
    lab.controls().hint(before.slot(), QueueHints.of(EVERY_HINT));
    assertThat(lab.queue(former.pid()).hints()).isEqualTo(EVERY_HINT.values());
    former.end();

    Puppet next = lab.puppet(3).act(USE);
    SlotStatus after = lab.queue(next.pid());
    assertThat(after.slot()).isEqualTo(before.slot());
    assertThat(after.hints()).isEqualTo(Hints.priority(3));
    assertThat(after.id()).isNotEqualTo(before.id());
    next.end();
  }

  @Test
  void queueBeginsWithTheHintsOfItsEnvironment(Lab lab) {
    Puppet puppet =
        lab.with("OVERTAKE_UTILIZATION_PERCENT", 75)
            .with("OVERTAKE_TIMESLICE_US", 2_000)
            .with("OVERTAKE_DEADLINE_US", 10_000)
            .with("OVERTAKE_LAXITY_US", 5_000)
            .with("OVERTAKE_LAX_PRIORITY", -20)
            .with("OVERTAKE_CRITICAL_PRIORITY", 20)
            .with("OVERTAKE_WINDOW_ACTIVE", 1)
            .with("OVERTAKE_TARGET_US", 4_000)
            .with("OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS", 9_950)
            .puppet(-3)
            .act(USE);
    assertThat(lab.queue(puppet.pid()).hints()).isEqualTo(EVERY_HINT.values());
    puppet.end();
  }

  @Test
  void childThatUsesNoDeviceLeavesTheParentAlone(Lab lab) {
    Puppet puppet = lab.puppet(3).act(USE);
    var child = puppet.tell("main fork");
    // The child answers first, and the parent when the child has ended.
    assertThat(puppet.result("fork, in the child", child)).isZero();
    var parent = puppet.tell("main exit 7");
    assertThat(puppet.result("fork, in the parent", parent)).isEqualTo(7);
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(2);
    puppet.act(USE);
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(4);
    puppet.end();
  }

  @Test
  void childOfAProcessThatUsedNoDeviceHasAQueueOfItsOwn(Lab lab) {
    Puppet puppet = lab.puppet(3);
    assertThat(puppet.ask("main active")).isEqualTo(1);
    puppet.act("main fork");
    puppet.act("main device 0", "main launch default empty 2", "main sync default");
    List<SlotStatus> queues = lab.page().slots().status();
    assertThat(queues).hasSize(1);
    assertThat(queues.getFirst().owner().pid()).isNotEqualTo(puppet.pid());
    assertThat(queues.getFirst().priority()).isEqualTo(3);
    assertThat(puppet.ask("main exit 5")).isEqualTo(5);
    assertThat(lab.page().slots().status()).isEmpty();
    puppet.act("main device 0", "main launch default empty 2", "main sync default");
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(2);
    puppet.end();
  }

  @Test
  void queuesOfTheFormerImageAreGone(Lab lab) {
    Puppet puppet = lab.puppet(3).act(USE);
    puppet.act("b device 0", "b priority 9", "b launch default empty 1", "b sync default");
    puppet.act("b block default");
    assertThat(lab.queues(puppet.pid())).hasSize(2);
    puppet.program().write("main exec");
    Waiting.until(
        "it starts anew",
        () -> puppet.program().output().stream().filter("main ready"::equals).count() == 2);
    assertThat(lab.queues(puppet.pid())).isEmpty();
    puppet.act("c device 0", "c launch default empty 1", "c sync default");
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(1);
    lab.awaitOpenFloor(0);
    puppet.end();
  }

  @Test
  void threadsThatEndLeaveOneQueueForTheNext(Lab lab) {
    Puppet puppet = lab.puppet(3).act(USE);
    for (int i = 0; i < 20; i++) {
      String thread = "t" + i;
      puppet.act(
          thread + " device 0",
          thread + " priority 9",
          thread + " launch default busy_100us 3",
          "main end " + thread);
    }
    assertThat(lab.queues(puppet.pid())).hasSize(2);
    lab.awaitOpenFloor(0);
    puppet.end();
  }

  /** A thread that is pinned may spin in the driver for what a helper has to let go. */
  @Test
  void helpersRunWhereTheProgramMay(Lab lab) throws IOException {
    Puppet puppet = lab.puppet(3).act("a pin").act(USE);
    // It has its name once it runs.
    Waiting.until("a helper", () -> !puppet.program().threads("overtake").isEmpty());
    String everywhere = processors(Path.of("/proc", puppet.pid() + ""));
    for (Path helper : puppet.program().threads("overtake")) {
      assertThat(processors(helper)).isEqualTo(everywhere);
    }
    puppet.end();
  }

  private static String processors(Path task) throws IOException {
    try (Stream<String> lines = Files.lines(task.resolve("status"))) {
      return lines.filter(line -> line.startsWith("Cpus_allowed:")).findFirst().orElseThrow();
    }
  }

  /** Its command still goes; what it holds at the gate is not lost with it. */
  @Test
  void threadThatIsCancelledAtTheGateEndsWhenItIsThrough(Lab lab) {
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0).act("a device 0", "b device 0");
    var _ = low.tell("a launch default empty 1");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    CompletableFuture<Integer> cancelled = low.tell("main cancel a");
    low.awaitLooks();
    assertThat(cancelled).isNotDone();
    high.act("b unblock");
    assertThat(low.result("cancel", cancelled)).isZero();
    low.act("b launch default empty 1", "b sync default");
    lab.awaitQueue(low.pid(), "idle", q -> !q.ready() && q.submitted() == 2);
    low.end();
  }

  /** Work of the context is bounded, so that markers and the page are known to the driver in it. */
  @ParameterizedTest
  @CsvSource({"0,destroy", "1,destroy", "0,detach"})
  void contextsDieAndAreMadeAnew(int withoutMemOps, String how, Lab lab) {
    lab.with("SIMCUDA_NO_MEMOPS", withoutMemOps)
        .with("OVERTAKE_THRESHOLD", 4)
        .with("OVERTAKE_BATCH", 2);
    lab.puppet(10).act(USE);
    Puppet low = lab.puppet(0);
    for (int i = 1; i <= 10; i++) {
      low.act(
          "a context c" + i + " 0",
          "a stream s" + i + " nonblocking 0",
          "a launch default busy_50us 20",
          "a launch s" + i + " busy_50us 20",
          "a " + how + "-context c" + i);
    }
    // What was still in flight in a context has died with it.
    SlotStatus queue = lab.awaitQueue(low.pid(), "idle", q -> !q.ready() && q.submitted() == 400);
    assertThat(queue.level()).isEqualTo(withoutMemOps == 0 ? 2 : 1);
    low.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset-device", "release-device"})
  void primaryContextIsMadeAnew(String end, Lab lab) {
    lab.with("OVERTAKE_THRESHOLD", 4).with("OVERTAKE_BATCH", 2);
    lab.puppet(10).act(USE);
    Puppet low = lab.puppet(0);
    for (int i = 0; i < 10; i++) {
      low.act("a device 0", "a launch default busy_50us 20", "a " + end + " 0");
    }
    lab.awaitQueue(low.pid(), "idle", q -> !q.ready() && q.submitted() == 200);
    low.end();
  }

  /** Whoever retains it again releases it again, and no work ends by that. */
  @Test
  void releaseThatIsNotTheLastLeavesWorkInFlight(Lab lab) {
    Puppet low = lab.puppet(0).act(USE);
    Puppet high =
        lab.program("puppet")
            .with("OVERTAKE_PRIORITY", 10)
            .with("OVERTAKE_LINGER_US", 0)
            .startPuppet();
    high.act("a device 0", "a device 0", "a block default", "a launch default busy_1000us 8");
    high.act("a release-device 0");
    CompletableFuture<Integer> launched = low.tell("a launch default busy_100us 8");
    Waiting.until("low is held", () -> launched.isDone() || lab.queue(low.pid()).held());
    high.act("b unblock", "a sync default");
    assertThat(low.result("launch", launched)).isZero();
    low.act("a sync default");
    Trace trace = lab.trace();
    assertThat(trace.named("busy_100us").getFirst().start())
        .isGreaterThanOrEqualTo(trace.named("busy_1000us").getLast().end());
    high.act("a release-device 0");
    lab.awaitQueue(high.pid(), "idle", q -> !q.ready());
  }

  /** What is in flight counts as before, or each release would let more stand before the others. */
  @Test
  void releaseThatIsNotTheLastLeavesWorkBounded(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 1).with("OVERTAKE_THRESHOLD", 4).with("OVERTAKE_BATCH", 1);
    Puppet high = lab.puppet(10).act(USE).act("a kernel busy_2000us");
    Puppet low = lab.puppet(0).act("a device 0", "a block default");
    List<CompletableFuture<Integer>> told =
        Stream.generate(() -> ROUND).limit(10).flatMap(List::stream).map(low::tell).toList();
    lab.awaitQueue(low.pid(), "has launched what it may", q -> q.inFlight() >= 4);
    high.act("a launch default busy_2000us 8");
    low.act("b unblock");
    high.act("a sync default");
    Trace trace = lab.trace();
    assertThat(Trace.intrusions(trace.named("busy_2000us"), 8, trace.named("busy_1000us")))
        .allMatch(count -> count <= 4);
    assertThat(told).allMatch(line -> low.result("round", line) == Puppet.SUCCESS);
    low.act("a sync default");
    low.end();
  }

  @Test
  void contextsOfOneDeviceAreOneQueue(Lab lab) {
    Puppet puppet = lab.puppet(3);
    puppet.act("a context c 0", "a launch default empty 1", "a sync default");
    puppet.act("a context d 0", "a launch default empty 1", "a sync default");
    puppet.act("a use-context c", "a launch default empty 1", "a sync default");
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "stream"})
  void streamsAreDestroyedWithWorkInThem(String scope, Lab lab) {
    lab.with("OVERTAKE_SCOPE", scope).with("OVERTAKE_THRESHOLD", 4).with("OVERTAKE_BATCH", 2);
    lab.puppet(10).act(USE);
    Puppet low = lab.puppet(0).act(USE);
    for (int i = 0; i < 20; i++) {
      low.act(
          "a stream s" + i + " nonblocking 0",
          "a launch s" + i + " busy_50us 10",
          "a destroy-stream s" + i);
    }
    assertThat(lab.queues(low.pid())).hasSize(1);
    lab.awaitQueue(low.pid(), "idle", q -> !q.ready());
    low.act("a sync-context");
    assertThat(lab.trace().named("busy_50us")).hasSize(200);
    low.end();
  }
}
