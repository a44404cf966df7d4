package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs: what is captured is neither held nor added to, and a graph is one command. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class CaptureTest {
  @ParameterizedTest
  @ValueSource(strings = {"global", "thread", "relaxed"})
  void graphIsWhatWasCapturedAndOneCommand(String mode, Lab lab) {
    lab.with("OVERTAKE_THRESHOLD", 2).with("OVERTAKE_BATCH", 1);
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low = lab.puppet(0);
    low.act("a device 0", "a stream s nonblocking 0", "a launch s empty 1", "a sync s");
    low.act("a capture s " + mode, "a launch s busy_100us 12", "a end-capture s g");
    assertThat(low.ask("a nodes")).isEqualTo(12);
    assertThat(lab.queue(low.pid()).submitted()).isEqualTo(1);
    low.act("a launch-graph s g", "a launch-graph s g", "a sync s");
    lab.awaitQueue(low.pid(), "of three commands", q -> q.submitted() == 3 && q.completed() == 3);
    assertThat(lab.trace().named("busy_100us")).hasSize(24);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void captureIsNotHeldAndTheGraphIs(int withoutMemOps, Lab lab) {
    lab.with("SIMCUDA_NO_MEMOPS", withoutMemOps)
        .with("OVERTAKE_THRESHOLD", 2)
        .with("OVERTAKE_BATCH", 1);
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0);
    low.act("a device 0", "a stream s nonblocking 0");
    low.act("a capture s global", "a launch s busy_100us 40", "a end-capture s g");
    assertThat(low.ask("a nodes")).isEqualTo(40);
    CompletableFuture<Integer> launch = low.tell("a launch-graph s g");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    assertThat(lab.trace().kernels(low.pid())).isEmpty();
    high.act("b unblock");
    assertThat(low.result("launch", launch)).isZero();
    low.act("a launch-graph s g", "a launch-graph s g", "a sync s");
    assertThat(lab.trace().kernels(low.pid())).hasSize(3 * 40);
  }

  /** One thread is held, and its release comes in the middle of the other's capture. */
  @Test
  void captureSurvivesThatAnotherThreadIsHeldAndLetGo(Lab lab) {
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0);
    low.act("a device 0", "a stream s nonblocking 0", "b device 0", "b stream t nonblocking 0");
    CompletableFuture<Integer> held = low.tell("b launch t busy_100us 20");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    low.act("a capture s global", "a launch s empty 5");
    high.act("b unblock");
    assertThat(low.result("launch", held)).isZero();
    low.act("a launch s empty 5", "a end-capture s g", "a launch-graph s g", "a sync s");
    assertThat(low.ask("a nodes")).isEqualTo(10);
  }

  /**
   * The helper thread asks about the streams of a queue that holds others: never of a captured one.
   */
  @Test
  void captureSurvivesTheWatcher(Lab lab) {
    lab.puppet(-5).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = lab.program("puppet").with("OVERTAKE_LINGER_US", 0).startPuppet();
    puppet.act("a device 0", "a stream s nonblocking 0", "a launch s empty 1", "a sync s");
    puppet.act("b device 0", "b stream t nonblocking 0");
    for (int i = 0; i < 30; i++) {
      puppet.act("b launch t busy_200us 2", "a capture s global", "a launch s empty 3");
      puppet.act("b launch t busy_200us 2", "a launch s empty 3", "a end-capture s g" + i);
      puppet.act("a launch-graph s g" + i);
    }
    puppet.act("a sync s", "b sync t");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready());
    assertThat(lab.queue(puppet.pid()).submitted()).isEqualTo(1 + 30 * 5);
  }

  /** The question is on its way to the driver when the capture begins. */
  @Test
  void captureSurvivesAQuestionThatCameBeforeIt(Lab lab) {
    lab.puppet(-5).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = lab.program("puppet").with("SIMCUDA_SLOW", "cuStreamQuery:20000").startPuppet();
    puppet.act("a device 0", "a stream s nonblocking 0");
    for (int i = 0; i < 20; i++) {
      puppet.act("a launch s busy_5000us 1", "a capture s relaxed", "a launch s empty 3");
      puppet.act("a end-capture s g" + i, "a launch-graph s g" + i, "a sync s");
    }
  }

  @Test
  void captureThatFailsIsOver(Lab lab) {
    lab.puppet(-5).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = lab.program("puppet").with("OVERTAKE_LINGER_US", 0).startPuppet();
    puppet.act("a device 0", "a stream s nonblocking 0", "a capture s global");
    assertThat(puppet.ask("a sync s"))
        .isEqualTo(900); // a stream that is captured cannot be awaited
    assertThat(puppet.ask("a end-capture s g")).isEqualTo(901);
    puppet.act("a launch s empty 2");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 2);
  }

  /** Which of the default streams is asked about matters: the legacy one forbids it meanwhile. */
  @Test
  void captureOfAThreadsDefaultStreamThatFailsIsOver(Lab lab) {
    lab.puppet(-5).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet =
        lab.program("puppet", "--stream=ptds").with("OVERTAKE_LINGER_US", 0).startPuppet();
    puppet.act("a device 0", "b device 0", "b stream s blocking 0");
    puppet.act("a capture default thread", "b capture s thread");
    assertThat(puppet.ask("a sync default")).isEqualTo(900);
    assertThat(puppet.ask("a end-capture default g")).isEqualTo(901);
    puppet.act("b launch s empty 1", "b end-capture s h", "a launch default empty 2");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 2);
  }
}
