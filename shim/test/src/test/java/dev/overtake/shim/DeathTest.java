package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.SlotStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever is killed, the others go on; how soon is printed, as it depends on the machine. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class DeathTest {
  private static final Duration HEARTBEAT = Duration.ofMillis(50);

  private static Duration untilDone(Puppet puppet, CompletableFuture<Integer> told) {
    long start = System.nanoTime();
    assertThat(puppet.result("what it was told", told)).isZero();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static void report(String what, Duration took) {
    System.out.printf("DeathTest: %s: %d ms%n", what, took.toMillis());
  }

  @Test
  void heldAtTheGateWhenHighIsKilled(Lab lab) {
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = GateTest.launchAndHold(lab, low);
    high.program().shoot();
    report("held at the gate until the killed high process was found", untilDone(low, launch));
    assertThat(lab.queues(high.pid())).isEmpty();
    assertThat(lab.device(0).floor()).isLessThan(10);
  }

  @Test
  void stalledOnTheDeviceWhenHighIsKilled(Lab lab) {
    Puppet high = StalledWork.bystander(StalledWork.prepare(lab), 10);
    Puppet low = lab.puppet(0).act("a device 0");
    StalledWork.hold(lab, high, low, "a", "default", "busy_3000us 300");
    CompletableFuture<Integer> sync = low.tell("a sync default");
    high.program().shoot();
    long left = 300L - lab.trace().kernels(low.pid()).size();
    Duration took = untilDone(low, sync);
    report("stalled on the device, with %d ms of work left".formatted(3 * left), took);
    assertThat(lab.queues(high.pid())).isEmpty();
    assertThat(lab.trace().kernels(low.pid())).hasSize(300);
  }

  @Test
  void highGoesOnWhenLowIsKilled(Lab lab) {
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = GateTest.launchAndHold(lab, low);
    low.program().kill();
    assertThat(launch).isNotDone();
    high.act("b unblock", "a sync default", "a launch default busy_100us 20", "a sync default");
    assertThat(lab.trace().kernels(high.pid())).hasSize(21);
  }

  @Test
  void theRestGoesOnWhenTheMiddleIsKilled(Lab lab) {
    Puppet middle = GateTest.blocker(lab, 5);
    Puppet low = lab.puppet(0);
    CompletableFuture<Integer> launch = GateTest.launchAndHold(lab, low);
    Puppet high = lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    middle.program().shoot();
    report("held while another of the two above was killed", untilDone(low, launch));
    high.act("a launch default empty 1", "a sync default");
  }

  @Test
  void gatesOfADeadDaemonOpen(Lab lab) throws InterruptedException {
    Puppet puppet = lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default");
    SlotStatus queue = lab.queue(puppet.pid());
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    lab.page().daemon().beat(pid, System.nanoTime());
    lab.controls().policy(PolicyMode.DAEMON, "test");
    lab.controls().hold(queue.slot(), true);
    var heart =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.interrupted()) {
                    lab.page().daemon().beat(pid, System.nanoTime());
                    LockSupport.parkNanos(HEARTBEAT.toNanos());
                  }
                });
    CompletableFuture<Integer> launch = launchUntilHeld(lab, puppet);
    heart.interrupt();
    heart.join();
    report("held by a daemon that died; 1000 ms are its due", untilDone(puppet, launch));
    puppet.act("a launch default empty 5", "a sync default");
    assertThat(lab.device(0).floor()).isEqualTo(PageLayout.MIN_PRIORITY);
  }

  /** A daemon that stands for a second lets a launch through: then there is another. */
  private static CompletableFuture<Integer> launchUntilHeld(Lab lab, Puppet puppet) {
    var last = new AtomicReference<CompletableFuture<Integer>>();
    Waiting.until(
        "a launch is held",
        () -> {
          CompletableFuture<Integer> launch = last.get();
          if (launch == null || launch.isDone()) {
            last.set(puppet.tell("a launch default empty 1"));
          }
          return lab.queue(puppet.pid()).held();
        });
    return last.get();
  }
}
