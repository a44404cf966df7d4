package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.Pages;
import dev.overtake.control.page.PolicyHints;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's jobs, step by step, on a clock of the test's. */
class AgentsTest {
  private static final long SECOND = 1_000_000_000;

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();
  private ControlPage page;
  private Claims claims;
  private Controls controls;
  private int device;
  private long now = 1_000 * SECOND;

  @BeforeEach
  void open() throws IOException {
    page = ControlPage.openOrCreate(folder.resolve("page"));
    claims = new Claims(page);
    controls = new Controls(page);
    device = Pages.device(page);
  }

  @AfterEach
  void close() {
    page.close();
  }

  private SlotStatus status(int slot) {
    return page.slots().status(slot).orElseThrow();
  }

  @Test
  void theHeartbeatKeepsTheDaemonAlive() {
    var agent = new HeartbeatAgent(page.daemon(), 77);
    assertThat(agent.doWork(now)).isOne();
    assertThat(page.daemon().pid()).isEqualTo(77);
    assertThat(agent.doWork(now + 1)).isZero();
    assertThat(agent.dueNanos() - now).isLessThanOrEqualTo(100_000_000);
    assertThat(page.daemon().alive(now + SECOND)).isTrue();
    assertThat(page.daemon().alive(now + SECOND + 1)).isFalse();
  }

  @Test
  void theDeadAreReapedAndTold() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    Owner owner = Owner.of((int) process.pid()).orElseThrow();
    int dead = Pages.queue(page, owner, device, "victim", 9);
    int alive = Pages.queue(page, device, 1);
    claims.ready(dead, now);
    var agent = new LivenessAgent(page, warnings::add);
    assertThat(agent.doWork(now)).isZero();
    process.destroyForcibly().waitFor();

    assertThat(agent.doWork(now + 1)).as("before it is due").isZero();
    assertThat(agent.doWork(now + SECOND)).isOne();

    assertThat(page.slots().status()).extracting(SlotStatus::slot).containsExactly(alive);
    assertThat(page.devices().floor(device)).isEqualTo(PageLayout.MIN_PRIORITY);
    assertThat(warnings)
        .containsExactly(
            "process %d ended without releasing queue %d (victim); its slot is free again"
                .formatted(owner.pid(), dead));
  }

  @Test
  void aDamagedSlotIsToldOnce() throws IOException {
    Pages.queue(page, Owner.self(), 63, "lost", 0);
    var agent = new LivenessAgent(page, warnings::add);
    agent.doWork(now);
    agent.doWork(now + SECOND);
    assertThat(warnings).singleElement().asString().contains("is damaged: device 63");
  }

  @Test
  void theNextQueueOfADamagedOnesSlotIsToldOfItself() throws IOException {
    int slot = Pages.queue(page, Owner.self(), 63, "lost", 0);
    var agent = new LivenessAgent(page, warnings::add);
    agent.doWork(now);
    claims.release(slot);
    assertThat(Pages.queue(page, Owner.self(), 62, "lost too", 0)).isEqualTo(slot);
    agent.doWork(now + SECOND);
    assertThat(warnings).hasSize(2).last().asString().contains("is damaged: device 62");
  }

  @Test
  void inTheOtherModesNoGateStaysClosedUnlessSomebodySuspendedIt() throws IOException {
    int left = Pages.queue(page, device, 0);
    int suspended = Pages.queue(page, device, 0);
    controls.hold(left, true);
    controls.suspend(suspended);
    var agent = policyAgent();

    assertThat(agent.doWork(now)).isOne();

    assertThat(status(left).gateClosed()).isFalse();
    assertThat(status(suspended).gateClosed()).isTrue();
  }

  @Test
  void highestPriorityFirstThroughTheGates() throws IOException {
    int low = Pages.queue(page, device, 1);
    int high = Pages.queue(page, device, 9);
    controls.policy(PolicyMode.DAEMON, PolicyCatalog.HPF_BY_DAEMON);
    var agent = policyAgent();
    claims.ready(high, now);
    agent.doWork(now);
    assertThat(status(low).gateClosed()).isTrue();
    assertThat(status(high).gateClosed()).isFalse();
    assertThat(page.devices().floor(device)).isEqualTo(PageLayout.MIN_PRIORITY);

    assertThat(agent.doWork(now + 1)).as("nobody rang").isZero();

    claims.idle(high, now + 2);
    assertThat(agent.doWork(now + 2)).isOne();
    assertThat(status(low).gateClosed()).isFalse();
  }

  @Test
  void aSuspendedQueueHoldsNobodyAndStaysClosed() throws IOException {
    int low = Pages.queue(page, device, 1);
    int high = Pages.queue(page, device, 9);
    controls.policy(PolicyMode.DAEMON, PolicyCatalog.HPF_BY_DAEMON);
    claims.ready(high, now);
    controls.suspend(high);
    policyAgent().doWork(now);
    assertThat(status(low).gateClosed()).isFalse();
    assertThat(status(high).gateClosed()).isTrue();
  }

  /** Runs every queue in turn, a second each: what only wake-ups can do. */
  private static final class Turns implements Policy {
    @Override
    public String name() {
      return "TURNS";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      var held = new BitSet();
      held.set(0, snapshot.queues().size());
      held.clear((int) (nowNanos / SECOND % snapshot.queues().size()));
      return Decision.hold(held, (nowNanos / SECOND + 1) * SECOND);
    }
  }

  @Test
  void aPolicyIsAskedAgainWhenItWantsToBe() throws IOException {
    int first = Pages.queue(page, device, 0);
    int second = Pages.queue(page, device, 0);
    controls.policy(PolicyMode.DAEMON, "TURNS");
    var agent = policyAgent(new Turns());
    agent.doWork(now);
    assertThat(status(first).gateClosed()).isFalse();
    assertThat(status(second).gateClosed()).isTrue();

    long almost = now + SECOND - 1_000;
    agent.doWork(almost);
    assertThat(agent.dueNanos()).isEqualTo(now + SECOND);
    agent.doWork(now + SECOND);
    assertThat(status(first).gateClosed()).isTrue();
    assertThat(status(second).gateClosed()).isFalse();
  }

  @Test
  void aPolicyThatFailsHoldsNobodyAndIsToldOnce() throws IOException {
    int low = Pages.queue(page, device, 1);
    controls.policy(PolicyMode.DAEMON, "BROKEN");
    controls.hold(low, true);
    var agent =
        policyAgent(
            new Policy() {
              @Override
              public String name() {
                return "BROKEN";
              }

              @Override
              public Decision schedule(Snapshot snapshot, long nowNanos) {
                throw new IllegalStateException("by design");
              }
            });
    agent.doWork(now);
    agent.doWork(now + SECOND);
    assertThat(status(low).gateClosed()).isFalse();
    assertThat(warnings).singleElement().asString().contains("policy BROKEN failed", "by design");
  }

  @Test
  void anUnknownPolicyHoldsNobodyAndIsToldWithThoseThatThereAre() throws IOException {
    int low = Pages.queue(page, device, 1);
    controls.policy(PolicyMode.DAEMON, "GONE");
    controls.hold(low, true);
    policyAgent().doWork(now);
    assertThat(status(low).gateClosed()).isFalse();
    assertThat(warnings).singleElement().asString().contains("no policy GONE", "HPF-DAEMON");
  }

  /** Writes down what it is shown, and how often it has decided in a row. */
  private static final class Recorder implements Policy {
    private final List<Snapshot> seen = new ArrayList<>();

    @Override
    public String name() {
      return "RECORDER";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      seen.add(snapshot);
      int before = snapshot.memory() instanceof Integer count ? count : 0;
      return Decision.runAll().remembering(before + 1);
    }
  }

  @Test
  void aPolicyRemembersWhileItDecides() throws IOException {
    var recorder = new Recorder();
    var agent = policyAgent(recorder);
    for (PolicyMode mode :
        List.of(PolicyMode.DAEMON, PolicyMode.DAEMON, PolicyMode.NONE, PolicyMode.DAEMON)) {
      controls.policy(mode, mode == PolicyMode.DAEMON ? "RECORDER" : mode.name());
      agent.doWork(now++);
    }
    assertThat(recorder.seen).extracting(Snapshot::memory).containsExactly(null, 1, null);
  }

  @Test
  void aPolicySeesAllThatIsKnownOfAQueue() throws Exception {
    Process process = new ProcessBuilder("nice", "-n", "7", "sleep", "1000").start();
    Owner owner = Owner.of((int) process.pid()).orElseThrow();
    while (owner.nice() != 7) {
      Thread.onSpinWait(); // Until it has become nice; the test's time-out is the deadline.
    }
    int slot = Pages.queue(page, owner, device, "nice", 3);
    claims.ready(slot, now);
    controls.hint(slot, QueueHints.of(PolicyHints.NOTHING.utilizationPercent(75)));
    controls.policy(PolicyMode.DAEMON, "RECORDER");
    var recorder = new Recorder();
    policyAgent(recorder).doWork(now);
    process.destroyForcibly().waitFor();

    assertThat(recorder.seen.getFirst().queues())
        .containsExactly(
            new QueueStatus(
                status(slot).id(),
                "nice",
                Integer.toString(device),
                owner.pid(),
                7,
                true,
                now,
                Hints.priority(3).withUtilizationPercent(75)));
    assertThat(owner.nice()).as("of a process that ended").isZero();
  }

  @Test
  void howNiceAProcessIsIsReadOnceASecond() {
    var read = new ArrayList<Owner>();
    var niceness =
        new Niceness(
            owner -> {
              read.add(owner);
              return read.size();
            });
    var one = new Owner(1, 1);
    var other = new Owner(2, 1);
    assertThat(niceness.of(one, now)).isEqualTo(1);
    assertThat(niceness.of(other, now)).isEqualTo(2);
    assertThat(niceness.of(one, now + SECOND - 1)).isEqualTo(1);
    assertThat(niceness.of(one, now + SECOND)).isEqualTo(3);
    assertThat(read).containsExactly(one, other, one);
  }

  @Test
  void usageIsThatOfTheWindow() throws IOException {
    int slot = Pages.queue(page, device, 0);
    var agent = new AccountingAgent(page);
    agent.doWork(now);
    assertThat(agent.account().usage(status(slot))).isNull();

    claims.ready(slot, now);
    claims.idle(slot, now + SECOND / 2);
    agent.doWork(now + SECOND);
    assertThat(agent.account().usage(status(slot)).readyShare()).isEqualTo(0.5);

    for (int i = 2; i < 5; i++) {
      agent.doWork(now + i * SECOND);
    }
    assertThat(agent.account().usage(status(slot)).readyShare()).as("long ago").isZero();
  }

  @Test
  void totalsKeepWhatFinishedQueuesUsed() throws IOException {
    int slot = Pages.queue(page, device, 0);
    var agent = new AccountingAgent(page);
    claims.ready(slot, now);
    agent.doWork(now + SECOND);
    claims.release(slot);
    agent.doWork(now + 2 * SECOND);
    assertThat(agent.account().usages()).isEmpty();
    assertThat(agent.account().totals().get(device).readyNanos()).isEqualTo(SECOND);
  }

  @Test
  void theCycleWaitsNoLongerThanTheNextStepAndNeverSpins() {
    class Due implements Agent {
      private final long dueNanos;

      Due(long dueNanos) {
        this.dueNanos = dueNanos;
      }

      @Override
      public int doWork(long nowNanos) {
        return 2;
      }

      @Override
      public long dueNanos() {
        return dueNanos;
      }
    }
    var cycle =
        new DutyCycle(
            page.doorbell(), () -> now, List.of(new Due(now + 500_000), new Due(Agent.NEVER)));
    assertThat(cycle.doWork()).isEqualTo(4);
    assertThat(cycle.waitNanos()).isEqualTo(500_000);
    assertThat(new DutyCycle(page.doorbell(), () -> now, List.of(new Due(now - 1))).waitNanos())
        .isEqualTo(DutyCycle.MIN_WAIT_NANOS);
  }

  @Test
  void aHintReachesThePolicy() throws IOException {
    int one = Pages.queue(page, device, 1);
    int other = Pages.queue(page, device, 2);
    controls.policy(PolicyMode.DAEMON, PolicyCatalog.HPF_BY_DAEMON);
    claims.ready(one, now);
    claims.ready(other, now);
    var agent = policyAgent();
    agent.doWork(now);
    assertThat(status(one).gateClosed()).isTrue();
    controls.hint(one, QueueHints.priority(3));
    agent.doWork(now + 1);
    assertThat(status(one).gateClosed()).isFalse();
    assertThat(status(other).gateClosed()).isTrue();
  }

  private PolicyAgent policyAgent(Policy... policies) {
    return new PolicyAgent(page, PolicyCatalog.of(List.of(policies)), warnings::add);
  }
}
