package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A stream that stands stalled with its queue full: a call that adds to it hangs in the driver, and
 * so would whoever asked about it there. Nobody else hangs with it.
 */
@ExtendWith(Labs.class)
class FullQueueTest {
  private static final int DEPTH = 100;
  private static final int KERNELS = 20;

  /** A program that is idle, and above another one on each device. */
  private static Puppet low(Lab lab) {
    StalledWork.prepare(lab).with("SIMCUDA_DEVICES", 2).with("SIMCUDA_QUEUE_DEPTH", DEPTH);
    StalledWork.bystander(lab, -20);
    Puppet low = lab.puppet(0).act("a device 0", "b device 0", "c device 0", "d device 1");
    low.act("c stream s nonblocking 0", "c launch s empty 1", "c sync s");
    return low.act("d launch default empty 1", "d sync default");
  }

  /**
   * Has the high program hold the low one, whose stream stands at its first wait, and one of its
   * threads fill that stream: with events, which no gate keeps from the driver.
   *
   * @return what that thread does, of which the last hangs
   */
  private static List<CompletableFuture<Integer>> fill(Lab lab, Puppet high, Puppet low) {
    StalledWork.hold(lab, high, low, "a", "default", "empty " + KERNELS);
    List<CompletableFuture<Integer>> calls =
        Stream.generate(() -> low.tell("b record e default")).limit(DEPTH).toList();
    low.awaitLooks();
    assertThat(calls.getLast()).isNotDone();
    return calls;
  }

  /** Nothing has freed the thread that hangs until the high program lets the device go. */
  private static void letGo(Puppet high, Puppet low, List<CompletableFuture<Integer>> calls) {
    assertThat(calls.getLast()).isNotDone();
    high.act("b unblock");
    awaitEnd(low, calls);
  }

  private static void awaitEnd(Puppet low, List<CompletableFuture<Integer>> calls) {
    assertThat(calls).allMatch(call -> low.result("record", call) == Puppet.SUCCESS);
    low.act("a sync default");
    low.end();
  }

  /** The program's own watcher finds out: nobody else is at its gate. */
  @Test
  void workGoesOnThoughWhoeverHeldItIsKilled(Lab lab) {
    Puppet low = low(lab);
    Puppet high = StalledWork.bystander(lab, 10);
    List<CompletableFuture<Integer>> calls = fill(lab, high, low);
    high.program().shoot();
    awaitEnd(low, calls);
  }

  /** Its work there is done when nobody waits for it, and others may then begin. */
  @Test
  void anotherQueueOfTheProgramGivesItsDeviceBack(Lab lab) {
    Puppet low = low(lab);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet lowest = lab.puppet(-10).act("a device 1");
    List<CompletableFuture<Integer>> calls = fill(lab, high, low);
    low.act("d launch default busy_100000us 1");
    lowest.act("a launch default empty 1", "a sync default");
    letGo(high, low, calls);
  }

  /**
   * What it has synchronized proves nothing of the stream that stands, which is not asked about.
   */
  @Test
  void anotherThreadSynchronizesItsStream(Lab lab) {
    Puppet low = low(lab);
    Puppet high = StalledWork.bystander(lab, 10);
    List<CompletableFuture<Integer>> calls = fill(lab, high, low);
    low.act("c sync s");
    letGo(high, low, calls);
  }

  /** What it has in flight has to go before that, and it is looked at without asking the driver. */
  @Test
  void anotherQueueOfTheProgramBegins(Lab lab) {
    Puppet low = low(lab);
    Puppet high = StalledWork.bystander(lab, 10);
    List<CompletableFuture<Integer>> calls = fill(lab, high, low);
    low.act("c priority 20");
    CompletableFuture<Integer> launched = low.tell("c launch s empty 1");
    low.awaitLooks();
    high.program().shoot();
    assertThat(low.result("launch", launched)).isEqualTo(Puppet.SUCCESS);
    awaitEnd(low, calls);
  }

  /** It is nearly always in the driver, and so would be a watcher that asks about its stream. */
  @Test
  void aThreadLaunchesIntoAQueueThatIsFullAllTheTime(Lab lab) {
    StalledWork.prepare(lab).with("SIMCUDA_QUEUE_DEPTH", 6);
    StalledWork.bystander(lab, -20);
    Puppet low = lab.puppet(0).act("a device 0");
    Puppet high = StalledWork.bystander(lab, 10);
    CompletableFuture<Integer> launched = low.tell("a launch default busy_20000us 60");
    Waiting.until("it is full", () -> lab.trace().named("busy_20000us").size() > 5);
    high.act("a block default");
    low.awaitLooks();
    high.program().shoot();
    assertThat(low.result("launch", launched)).isEqualTo(Puppet.SUCCESS);
    low.act("a sync default");
    low.end();
  }
}
