package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** High work that waits for the low work which it holds: it makes no progress, and so lets go. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class EscapeTest {
  /** It escapes first, and then says so. */
  private static void assertWarnedOnce(Running waiting, String high, int millis) {
    Waiting.until("somebody says so", () -> !waiting.warnings().isEmpty());
    assertThat(waiting.warnings())
        .singleElement()
        .asString()
        .contains(high)
        .contains("made no progress for " + millis + " ms")
        .contains("let through one by one");
  }

  private static void assertEscaped(Lab lab, int pid) {
    assertThat(lab.device(0).escapes()).isPositive();
    assertThat(lab.queues(pid).stream().mapToLong(SlotStatus::escapes).sum()).isPositive();
  }

  /** The high stream waits for a function that waits for what the low thread does next. */
  @Test
  void streamThatWaitsForAHeldStreamGoesOn(Lab lab) {
    lab.with("OVERTAKE_ESCAPE_MS", 100).with("OVERTAKE_SCOPE", "stream");
    Puppet puppet = lab.puppet(0);
    puppet.act("h device 0", "h stream hi priority -5", "l device 0", "l stream lo nonblocking 0");
    puppet.act("l launch lo empty 1", "l record done lo", "l sync lo", "h block hi");
    // The event is recorded behind the launch that is held, and the high stream waits for it.
    puppet.act("l launch lo empty 3", "l record done lo", "h wait-event hi done", "l unblock");
    puppet.act("h launch hi empty 1", "h sync hi");
    assertEscaped(lab, puppet.pid());
    assertWarnedOnce(puppet.program(), "puppet (pid " + puppet.pid() + ")", 100);
    // Order is back. A thread that stands short of the gate for so long that the watcher escapes
    // was not held: then once more.
    Waiting.until("the high stream holds the low one again", () -> isHeldOnceMore(lab, puppet));
    lab.awaitOpenFloor(0);
    Waiting.until("nobody escapes", () -> lab.device(0).escaping() == 0);
  }

  /** Whether the low stream is held, once all that was before is over. */
  private static boolean isHeldOnceMore(Lab lab, Puppet puppet) {
    Waiting.until(
        "all are idle", () -> lab.queues(puppet.pid()).stream().noneMatch(SlotStatus::ready));
    long heldBefore = heldNanos(lab, puppet);
    puppet.act("h block hi");
    CompletableFuture<Integer> launch = puppet.tell("l launch lo empty 1");
    Waiting.until(
        "the low stream is held, or was until it escaped again",
        () -> launch.isDone() || lab.queues(puppet.pid()).stream().anyMatch(SlotStatus::held));
    puppet.act("main unblock");
    assertThat(puppet.result("launch", launch)).isZero();
    puppet.act("h sync hi", "l sync lo");
    return heldNanos(lab, puppet) > heldBefore;
  }

  /** It looks like one that waits: only its silence tells. */
  @Test
  void processThatIsStoppedHoldsNobodyForLong(Lab lab) {
    lab.with("OVERTAKE_ESCAPE_MS", 100);
    Puppet high = GateTest.blocker(lab, 10);
    high.program().freeze();
    lab.puppet(0).act("a device 0", "a launch default empty 3", "a sync default");
    assertEscaped(lab, high.pid());
  }

  private static long heldNanos(Lab lab, Puppet puppet) {
    return lab.queues(puppet.pid()).stream().mapToLong(SlotStatus::heldNanos).sum();
  }

  /**
   * What low has on the device stands stalled there, and the high process waits for its end. A
   * process has ten times the time, since its commands may just be long.
   */
  @Test
  void processThatWaitsForAStalledOneGoesOn(Lab lab) {
    Puppet high =
        StalledWork.bystander(StalledWork.prepare(lab).with("OVERTAKE_ESCAPE_MS", 100), 10);
    Puppet low = lab.puppet(0).act("a device 0");
    StalledWork.hold(lab, high, low, "a", "default", "busy_2000us 200");
    low.act("a sync default");
    assertEscaped(lab, high.pid());
    assertWarnedOnce(low.program(), "puppet (pid " + high.pid() + ")", 1000);
    high.act("b unblock", "a sync default");
    assertThat(lab.trace().kernels(low.pid())).hasSize(200);
  }
}
