package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What opens and closes the gate while programs run: hints, suspension, the policy. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class GateTest {
  /** Commands of a queue, where they wait on the device; OT_MAX_IN_FLIGHT of the shim. */
  private static final int MOST_IN_FLIGHT = 1024;

  private static final int LOOKS = 20;

  /** A queue that stays ready until it is told otherwise, though it leaves the device alone. */
  static Puppet blocker(Lab lab, int priority) {
    return lab.program("puppet")
        .with("OVERTAKE_PRIORITY", priority)
        .with("OVERTAKE_LINGER_US", 0)
        .startPuppet()
        .act("a device 0", "a launch default empty 1", "a sync default", "a block default");
  }

  static CompletableFuture<Integer> launchAndHold(Lab lab, Puppet low) {
    low.act("a device 0");
    CompletableFuture<Integer> launch = low.tell("a launch default empty 1");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    assertThat(launch).isNotDone();
    return launch;
  }

  private static void assertLetThrough(Lab lab, Puppet low, CompletableFuture<Integer> launch) {
    assertThat(low.result("launch", launch)).isZero();
    low.act("a sync default");
    SlotStatus queue = lab.awaitQueue(low.pid(), "idle", q -> !q.ready());
    assertThat(queue.held()).isFalse();
    assertThat(queue.heldNanos()).isPositive();
    assertThat(lab.trace().kernels(low.pid())).hasSize(1);
  }

  @Test
  void lowWaitsUntilHighIsIdle(Lab lab) {
    Puppet high = blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = launchAndHold(lab, low);
    assertThat(lab.device(0).floor()).isEqualTo(10);
    high.act("b unblock");
    assertLetThrough(lab, low, launch);
    lab.awaitOpenFloor(0);
  }

  @Test
  void lowThatIsRaisedGoesOn(Lab lab) {
    blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = launchAndHold(lab, low);
    lab.controls().hint(lab.queue(low.pid()).slot(), QueueHints.priority(10));
    assertLetThrough(lab, low, launch);
  }

  @Test
  void highThatIsLoweredLetsGo(Lab lab) {
    Puppet high = blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = launchAndHold(lab, low);
    lab.controls().hint(lab.queue(high.pid()).slot(), QueueHints.priority(-1));
    assertLetThrough(lab, low, launch);
  }

  @Test
  void highThatIsSuspendedLetsGo(Lab lab) {
    Puppet high = blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = launchAndHold(lab, low);
    lab.controls().suspend(lab.queue(high.pid()).slot());
    assertLetThrough(lab, low, launch);
    CompletableFuture<Integer> suspended = high.tell("b device 0");
    assertThat(high.result("device", suspended)).isZero();
    suspended = high.tell("b launch default empty 1");
    lab.awaitQueue(high.pid(), "held", SlotStatus::held);
    lab.controls().resume(lab.queue(high.pid()).slot());
    assertThat(high.result("launch", suspended)).isZero();
  }

  @Test
  void suspendedWaitsThoughNobodyIsAboveIt(Lab lab) {
    Puppet puppet = lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default");
    int slot = lab.queue(puppet.pid()).slot();
    lab.controls().suspend(slot);
    CompletableFuture<Integer> launch = puppet.tell("a launch default empty 1");
    lab.awaitQueue(puppet.pid(), "held", SlotStatus::held);
    lab.controls().resume(slot);
    assertThat(puppet.result("launch", launch)).isZero();
  }

  @Test
  void noPolicyHoldsNobody(Lab lab) {
    blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = launchAndHold(lab, low);
    lab.controls().policy(PolicyMode.NONE, "none");
    assertLetThrough(lab, low, launch);
  }

  /** More would fill a real driver's queue, and who launches would stand in there with its lock. */
  @Test
  void whatStandsBehindAWaitOnTheDeviceIsBounded(Lab lab) {
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low = lab.puppet(0).act("a device 0");
    // So many that they come faster than the device works, and do not end meanwhile.
    CompletableFuture<Integer> launch = low.tell("a launch default busy_2000us 20000");
    lab.awaitQueue(low.pid(), "is full", q -> q.level() == 2 && q.inFlight() > MOST_IN_FLIGHT - 50);
    for (int i = 0; i < LOOKS; i++) {
      low.awaitLooks(); // It is the watcher that says how many there are.
      assertThat(lab.queue(low.pid()).inFlight()).isLessThanOrEqualTo(MOST_IN_FLIGHT);
    }
    assertThat(launch).isNotDone();
  }

  @Test
  void launchConfigChangesWhileItRuns(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 1);
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Running low =
        lab.program("loop", "--kernel=busy_500us", "--sync=0")
            .with("OVERTAKE_THRESHOLD", 8)
            .with("OVERTAKE_BATCH", 4)
            .start();
    SlotStatus queue =
        lab.awaitQueue(low.pid(), "(8,4)", q -> q.threshold() == 8 && q.batch() == 4);
    lab.controls().hint(queue.slot(), QueueHints.of(new LaunchHints(null, 3, 1, null, null)));
    lab.awaitQueue(low.pid(), "(3,1)", q -> q.threshold() == 3 && q.batch() == 1);
    low.terminate();
    low.succeed();
  }
}
