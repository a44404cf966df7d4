package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one queue covers: a process, a thread that has a priority of its own, or a stream. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class ScopeTest {
  private static final String[] ONE_LAUNCH = {"launch default empty 1", "sync default"};

  private static void launchIn(Puppet puppet, String thread) {
    puppet.act(thread + " device 0");
    for (String line : ONE_LAUNCH) {
      puppet.act(thread + " " + line);
    }
  }

  private static SlotStatus only(Lab lab, Puppet puppet, Predicate<SlotStatus> condition) {
    List<SlotStatus> found = lab.queues(puppet.pid()).stream().filter(condition).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void threadsOfAProcessShareItsQueue(Lab lab) {
    Puppet puppet = lab.puppet(4);
    launchIn(puppet, "a");
    launchIn(puppet, "b");
    assertThat(lab.queue(puppet.pid()).scope()).isEqualTo(Scope.PROCESS);
  }

  @Test
  void threadWithAPriorityHasAQueueUntilItClearsIt(Lab lab) {
    Puppet puppet = lab.puppet(4);
    launchIn(puppet, "batch");
    puppet.act("serve device 0", "serve priority 10");
    launchIn(puppet, "serve");
    SlotStatus own = only(lab, puppet, q -> q.scope() == Scope.THREAD);
    assertThat(own.priority()).isEqualTo(10);
    assertThat(own.name()).isEqualTo("serve");
    assertThat(process(lab, puppet).priority()).isEqualTo(4);
    puppet.act("serve priority 20");
    assertThat(only(lab, puppet, q -> q.scope() == Scope.THREAD).priority()).isEqualTo(20);
    puppet.act("serve clear-priority");
    launchIn(puppet, "serve");
    assertThat(only(lab, puppet, q -> q.scope() == Scope.THREAD).ready()).isFalse();
    Waiting.until(
        "its commands are the process's again", () -> process(lab, puppet).submitted() == 2);
    puppet.act("main process-priority -9");
    assertThat(process(lab, puppet).priority()).isEqualTo(-9);
    assertThat(lab.device(0).bottom()).isEqualTo(-9);
  }

  private static SlotStatus process(Lab lab, Puppet puppet) {
    return only(lab, puppet, q -> q.scope() == Scope.PROCESS);
  }

  /** Or each request would find the driver's queue full of it. */
  @ParameterizedTest
  @ValueSource(strings = {"serve clear-priority", "main end serve"})
  void workBelowIsBoundedFromOneRequestToTheNext(String end, Lab lab) {
    String[] batch = {"batch launch default busy_200us 50", "batch sync default"};
    Puppet puppet = lab.puppet(4);
    puppet.act("batch device 0").act(batch);
    assertThat(process(lab, puppet).threshold()).as("nobody is above").isZero();

    puppet.act("serve device 0", "serve priority 10");
    launchIn(puppet, "serve");
    puppet.act(end).act(batch);

    assertThat(process(lab, puppet).threshold()).isPositive();
    assertThat(only(lab, puppet, q -> q.scope() == Scope.THREAD).ready()).isFalse();
  }

  private static void comeAndGo(Puppet puppet, String thread, int priority) {
    puppet.act(thread + " device 0", thread + " priority " + priority);
    launchIn(puppet, thread);
    puppet.act("main end " + thread);
  }

  @Test
  void whatAThreadLeftIsTheNextThreadsUnlessThatIsLessUrgent(Lab lab) {
    Puppet puppet = lab.puppet(4);
    launchIn(puppet, "batch");
    for (int i = 1; i <= 3; i++) {
      comeAndGo(puppet, "serve-" + i, 10 + i);
    }
    comeAndGo(puppet, "less", 12);
    assertThat(lab.queues(puppet.pid()))
        .extracting(SlotStatus::name)
        .containsExactlyInAnyOrder("puppet", "serve-3", "less");
  }

  /** Nobody is bounded because of it, and the process may use level 2 again. */
  @Test
  void aThreadBelowTheRestLeavesNothing(Lab lab) {
    Puppet puppet = lab.puppet(4);
    launchIn(puppet, "batch");
    comeAndGo(puppet, "background", -5);
    assertThat(lab.queue(puppet.pid()).name()).isEqualTo("puppet");
    assertThat(lab.device(0).bottom()).isEqualTo(4);
  }

  @Test
  void rulesGiveThreadsAPriorityByTheirName(Lab lab) {
    Puppet puppet =
        lab.program("puppet").with("OVERTAKE_THREADS", "serve-[0-9]+=10,b.*=-10").startPuppet();
    for (String thread : new String[] {"serve-1", "serve-x", "bulk"}) {
      launchIn(puppet, thread);
    }
    assertThat(only(lab, puppet, q -> q.name().equals("serve-1")).priority()).isEqualTo(10);
    assertThat(only(lab, puppet, q -> q.name().equals("bulk")).priority()).isEqualTo(-10);
    assertThat(process(lab, puppet).priority()).isZero();
  }

  @Test
  void everyThreadHasAQueueAtScopeThread(Lab lab) {
    Puppet puppet = lab.with("OVERTAKE_SCOPE", "thread").puppet(2);
    launchIn(puppet, "a");
    launchIn(puppet, "b");
    assertThat(lab.queues(puppet.pid()))
        .hasSize(2)
        .allMatch(q -> q.scope() == Scope.THREAD && q.priority() == 2)
        .extracting(SlotStatus::name)
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void streamsHaveTheirPriorityAtScopeStream(Lab lab) {
    Puppet puppet = lab.with("OVERTAKE_SCOPE", "stream").puppet(2);
    launchIn(puppet, "a");
    puppet.act("a stream s priority -5", "a launch s empty 1", "a sync s");
    puppet.act("b device 0", "b launch s empty 1", "b sync s");
    List<SlotStatus> queues = lab.queues(puppet.pid());
    assertThat(queues).hasSize(2).allMatch(q -> q.scope() == Scope.STREAM);
    assertThat(only(lab, puppet, q -> q.priority() == 2).key()).isEqualTo(1);
    Waiting.until(
        "both commands are published",
        () -> only(lab, puppet, q -> q.priority() == 7).submitted() == 2);
  }

  /**
   * A wait in the shared stream would stop the second queue for good: none is placed once that
   * counts, not even by whoever was about to. Making ready for the first one takes long here.
   */
  @Test
  void noWaitIsPlacedOnceThereAreTwoQueues(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 2).with("OVERTAKE_THRESHOLD", 64).with("OVERTAKE_BATCH", 1);
    lab.puppet(20).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet =
        lab.program("puppet").with("SIMCUDA_SLOW", "cuMemHostRegister:1000000").startPuppet();
    puppet.act("b device 0", "h device 0", "h kernel busy_300000us", "h priority 10");
    assertThat(lab.queues(puppet.pid())).noneMatch(SlotStatus::ready); // The next look is fast.
    var batch = puppet.tell("b launch default busy_100us 20");
    Waiting.until(
        "the batch thread has begun",
        () -> lab.queues(puppet.pid()).stream().anyMatch(SlotStatus::ready));
    puppet.act("h launch default busy_300000us 3", "h sync default");
    assertThat(puppet.result("batch", batch)).isZero();
  }

  /** Both threads of one process, on one stream or on two. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "own"})
  void servingThreadOvertakesTheBatchThread(String streams, Lab lab) {
    int kernels = 6;
    Running both =
        lab.with("OVERTAKE_THRESHOLD", 2)
            .with("OVERTAKE_BATCH", 1)
            .with("OVERTAKE_LINGER_US", 50_000)
            .program("both", "--streams=" + streams, "--requests=6", "--kernels=" + kernels)
            .start()
            .succeed();
    assertThat(both.output().getFirst()).startsWith("{\"scheduled\":1,\"requests\":6");
    Trace trace = lab.trace();
    List<Trace.Work> served = trace.named("busy_1000us");
    List<Trace.Work> batch = trace.named("busy_2000us");
    assertThat(served).hasSize(6 * kernels);
    // When the first comes, nothing has bounded the batch work yet.
    List<Trace.Work> later =
        Trace.unbroken(
            served.subList(kernels, served.size()),
            kernels,
            Duration.ofMillis(25)); // Half of what it lingers for.
    assertThat(Trace.intrusions(later, kernels, batch)).isNotEmpty().allMatch(count -> count <= 2);
  }
}
