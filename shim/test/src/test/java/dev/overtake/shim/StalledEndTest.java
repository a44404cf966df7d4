package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs, contexts and streams that end while work stands stalled, and those who go on. */
@ExtendWith(Labs.class)
class StalledEndTest {
  private static final int KERNELS = 200;
  private static final String WORK = "busy_3000us " + KERNELS;

  /** Whoever held its work is killed while the program, on its way out, waits for its end. */
  @Test
  void programEndsThoughWhoeverHeldItIsKilled(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), -20);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet low = lab.puppet(0).act("main sync-at-exit", "main device 0");
    StalledWork.hold(lab, high, low, "main", "default", WORK);
    low.program().endInput();
    low.program().awaitOutput("exiting");
    assertThat(lab.trace().kernels(low.pid())).hasSizeLessThan(KERNELS);
    high.program().shoot();
    low.program().succeed();
    assertThat(lab.trace().kernels(low.pid())).hasSize(KERNELS);
    assertThat(lab.queues(high.pid())).isEmpty();
  }

  /** Nobody is needed for it to end, neither whoever held the work nor another thread. */
  @Test
  void contextIsDestroyedThoughWhoeverHeldItIsKilled(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), -20);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet low = lab.puppet(0).act("a context c 0");
    StalledWork.hold(lab, high, low, "a", "default", WORK);
    CompletableFuture<Integer> destroyed = low.tell("a destroy-context c");
    high.program().shoot();
    assertThat(low.result("destroy-context", destroyed)).isZero();
    low.act("b device 0", "b launch default busy_100us 20", "b sync default");
    assertThat(lab.trace().named("busy_100us")).hasSize(20);
    low.end();
  }

  /** What else the program does goes on meanwhile, and what the other one does anyway. */
  @Test
  void othersGoOnWhileAContextIsDestroyed(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), -20);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet low = lab.puppet(0).act("b device 0", "b launch default empty 1", "b sync default");
    low.act("a context c 0");
    StalledWork.hold(lab, high, low, "a", "default", WORK);
    CompletableFuture<Integer> destroyed = low.tell("a destroy-context c");
    CompletableFuture<Integer> launched = low.tell("b launch default busy_100us 20");
    high.act("b unblock", "a sync default", "a launch default busy_300us 20", "a sync default");
    assertThat(low.result("destroy-context", destroyed)).isZero();
    assertThat(low.result("launch", launched)).isZero();
    low.act("b sync default");
    assertThat(lab.trace().named("busy_100us")).hasSize(20);
    assertThat(lab.trace().named("busy_300us")).hasSize(20);
    low.end();
  }

  /** The driver keeps a destroyed stream's work, which the context then waits for. */
  @Test
  void workOfADestroyedStreamEndsThoughWhoeverHeldItIsKilled(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), -20);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet low = lab.puppet(0).act("a device 0", "a stream s nonblocking 0");
    StalledWork.hold(lab, high, low, "a", "s", WORK);
    low.act("a destroy-stream s");
    CompletableFuture<Integer> done = low.tell("a sync-context");
    high.program().shoot();
    assertThat(low.result("sync-context", done)).isZero();
    Waiting.until("all ran", () -> lab.trace().kernels(low.pid()).size() == KERNELS);
    low.end();
  }

  /** The driver refuses the command that the last wait was for, and none comes behind it. */
  @Test
  void waitBeforeARefusedCommandEndsThoughWhoeverHeldItIsKilled(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), -20);
    Puppet high = StalledWork.bystander(lab, 10);
    Puppet low =
        lab.program("puppet")
            .with("OVERTAKE_PRIORITY", 0)
            .with("SIMCUDA_FAIL", "cuLaunchKernel:2:701")
            .startPuppet();
    low.act("a device 0", "a launch default empty 1", "a sync default");
    low.act("a block default");
    assertThat(low.ask("a launch default empty 1")).isEqualTo(701);
    Waiting.until("it is past the first wait", () -> lab.trace().writes(low.pid()) == 2);
    high.act("a block default");
    low.act("main unblock");
    CompletableFuture<Integer> synchronised = low.tell("a sync default");
    Waiting.until("it stands", () -> lab.trace().writes(low.pid()) == 3);
    low.awaitLooks();
    assertThat(synchronised).isNotDone();
    high.program().shoot();
    assertThat(low.result("sync", synchronised)).isZero();
    low.end();
  }

  /** What low has in flight is bounded for as long as somebody above it might come. */
  @Test
  void boundEndsWithTheLastProgramAbove(Lab lab) {
    Puppet high = StalledWork.bystander(lab, 10);
    Running low =
        lab.program("loop", "--kernel=busy_500us", "--sync=0").with("OVERTAKE_PRIORITY", 0).start();
    lab.awaitQueue(low.pid(), "bounded", q -> q.completed() > 8 && q.inFlight() > 0);
    assertThat(lab.device(0).top()).isEqualTo(10);
    high.program().kill();
    Waiting.until("nobody is above it", () -> lab.device(0).top() == 0);
    assertThat(low.isAlive()).isTrue();
  }
}
