package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one thread's call proves of another's work, and what it does not. */
@ExtendWith(Labs.class)
class ProvenIdleTest {
  private static Puppet above(Lab lab, int others) {
    lab.puppet(others).act("a device 0", "a launch default empty 1", "a sync default");
    return lab.program("puppet")
        .with("OVERTAKE_PRIORITY", 10)
        .with("OVERTAKE_LINGER_US", 0)
        .startPuppet();
  }

  /**
   * A copy to the host waits for what was in its stream before it, and not for a kernel that
   * another thread launches behind it. Which of the two came first shows in when the kernel ended;
   * rounds in which it did not come behind say nothing.
   */
  @Test
  void copyToTheHostProvesNothingOfLaterKernels(Lab lab) {
    Puppet high = above(lab, -10);
    high.act("a device 0", "a memcpy", "b device 0", "b kernel busy_300000us");
    int told = 0;
    for (int rounds = 0; rounds < 3; ) {
      high.act("b block default");
      CompletableFuture<Integer> copy = high.tell("a memcpy");
      high.act("b launch default busy_300000us 1", "c unblock");
      told++;
      assertThat(high.result("copy", copy)).isZero();
      boolean ready = lab.queue(high.pid()).ready();
      boolean kernelRuns = lab.trace().named("busy_300000us").size() < told;
      if (kernelRuns) {
        assertThat(ready).as("ready while the kernel runs").isTrue();
        rounds++;
      }
      high.act("b sync default");
    }
  }

  /** Its other stream is ended by the error, and all that it launches later is found idle. */
  @Test
  void captureThatEndsUnjoinedIsOver(Lab lab) {
    Puppet high = above(lab, -10);
    high.act("a device 0", "a stream s nonblocking 0", "a stream t nonblocking 0");
    high.act("a capture s relaxed", "a record e s", "a wait-event t e", "a launch t empty 1");
    int unjoined = 904;
    assertThat(high.ask("a end-capture s g")).isEqualTo(unjoined);
    high.act("a launch s busy_300us 2");
    lab.awaitQueue(high.pid(), "idle", q -> !q.ready() && q.submitted() == 2);
  }

  /**
   * A thread of high priority that has nothing on the device waits for the end of what others do:
   * its queue is idle, so that they can.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sync-event e", "sync lo"})
  void queueIsIdleWhileItsThreadWaitsForOthersWork(String wait, Lab lab) {
    Puppet puppet = lab.with("OVERTAKE_LINGER_US", 0).puppet(0);
    puppet.act("l device 0", "l stream lo nonblocking 0", "l launch lo empty 1", "l sync lo");
    puppet.act(
        "h device 0", "h priority 50", "h stream hi nonblocking 0", "h kernel busy_300000us");
    puppet.act("h launch lo empty 1", "h sync lo", "l block lo", "l record e lo");
    puppet.act("h launch hi busy_300000us 1");
    CompletableFuture<Integer> waiting = puppet.tell("h " + wait);
    Waiting.until("its queue is idle", () -> !ofThread(lab, puppet).ready());
    assertThat(waiting).isNotDone();
    assertThat(lab.trace().named("busy_300000us")).hasSize(1);
    puppet.act("main unblock");
    assertThat(puppet.result(wait, waiting)).isZero();
  }

  private static SlotStatus ofThread(Lab lab, Puppet puppet) {
    return lab.queues(puppet.pid()).stream()
        .filter(queue -> queue.scope() == Scope.THREAD)
        .findFirst()
        .orElseThrow();
  }
}
