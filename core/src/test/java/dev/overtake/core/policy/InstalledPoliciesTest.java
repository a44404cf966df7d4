package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What every policy that comes with this library promises, over random histories. */
class InstalledPoliciesTest {
  private static final int STEPS = 60;

  private static final Policies INSTALLED =
      Policies.installed(InstalledPoliciesTest.class.getClassLoader());

  /** Those that may leave a device idle that has work, though not the machine, as their rule is. */
  private static final Set<String> IDLING = Set.of("AWF", "HHPF");

  /** That may leave the machine idle until it wakes up: nobody gets more than its share. */
  private static final String STRICT = "SPUP";

  /** Of whose equals the one goes first that was attached first, by the order of the snapshot. */
  private static final Set<String> BY_TURNS = Set.of("UP", "PUP", "SPUP", "CFS", "MLFQ");

  /** That decide by what the queues are now: what they remember only saves them work. */
  private static final Set<String> WITHOUT_A_PAST =
      Set.of("HPF", "HHPF", "CHPF", "LAX", "KEDF", "AWF");

  @Provide
  Arbitrary<Policy> policies() {
    return Arbitraries.of(INSTALLED.names()).map(name -> INSTALLED.find(name).orElseThrow());
  }

  @Property
  void itNeverFails(@ForAll("policies") Policy policy, @ForAll long seed) {
    var failures = new ArrayList<Throwable>();
    var run = new PolicyRun(policy, (failed, failure) -> failures.add(failure));
    var history = new RandomHistory(seed);
    for (int step = 0; step < STEPS; step++) {
      history.advance();
      run.decide(history.queues(), history.nowNanos());
    }
    assertThat(failures).isEmpty();
  }

  @Property
  void theSameQuestionGetsTheSameAnswer(@ForAll("policies") Policy policy, @ForAll long seed) {
    var history = new RandomHistory(seed);
    var snapshot = new Snapshot(List.of());
    for (int step = 0; step < STEPS; step++) {
      history.advance();
      Decision first = policy.schedule(snapshot, history.nowNanos());
      Decision second = policy.schedule(snapshot, history.nowNanos());

      assertThat(heldIds(second, snapshot.queues())).isEqualTo(heldIds(first, snapshot.queues()));
      assertThat(second.wakeUpNanos()).isEqualTo(first.wakeUpNanos());
      assertThat(second.memory()).isEqualTo(first.memory());
      snapshot = new Snapshot(history.queues(), first.memory());
    }
  }

  @Property
  void whoHasNoPastDecidesTheSameWithoutItsMemory(
      @ForAll("policies") Policy policy, @ForAll long seed) {
    Assume.that(WITHOUT_A_PAST.contains(policy.name()));
    var run = new PolicyRun(policy, (failed, failure) -> {});
    var history = new RandomHistory(seed);
    for (int step = 0; step < STEPS; step++) {
      history.advance();
      Decision decision = run.decide(history.queues(), history.nowNanos());
      var snapshot = new Snapshot(history.queues());

      assertThat(decision.held())
          .as(policy.name())
          .isEqualTo(policy.schedule(snapshot, history.nowNanos()).held());
    }
  }

  @Property
  void theOrderOfQueuesDoesNotMatter(@ForAll("policies") Policy policy, @ForAll long seed) {
    Assume.that(!BY_TURNS.contains(policy.name()));
    var inOrder = new PolicyRun(policy, (failed, failure) -> {});
    var shuffled = new PolicyRun(policy, (failed, failure) -> {});
    var history = new RandomHistory(seed);
    var random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      history.advance();
      var queues = new ArrayList<>(history.queues());
      Collections.shuffle(queues, random);
      Decision one = inOrder.decide(history.queues(), history.nowNanos());
      Decision other = shuffled.decide(queues, history.nowNanos());

      assertThat(heldIds(other, queues))
          .as(policy.name())
          .isEqualTo(heldIds(one, history.queues()));
      assertThat(other.wakeUpNanos()).isEqualTo(one.wakeUpNanos());
    }
  }

  @Property
  void noDeviceIsIdleThatHasWork(@ForAll("policies") Policy policy, @ForAll long seed) {
    var run = new PolicyRun(policy, (failed, failure) -> {});
    var history = new RandomHistory(seed);
    for (int step = 0; step < STEPS; step++) {
      history.advance();
      Decision decision = run.decide(history.queues(), history.nowNanos());

      Map<String, Boolean> runs = runsByDevice(decision, history.queues());
      if (policy.name().equals(STRICT)) {
        assertThat(runs.containsValue(true) || decision.wakeUpNanos() != Decision.NEVER)
            .isEqualTo(!runs.isEmpty() || decision.wakeUpNanos() != Decision.NEVER);
      } else if (IDLING.contains(policy.name())) {
        assertThat(runs.values().stream().anyMatch(any -> any)).isEqualTo(!runs.isEmpty());
      } else {
        assertThat(runs.values()).as(policy.name()).doesNotContain(false);
      }
    }
  }

  /** Of the devices that have a ready queue, whether one that is not held is among them. */
  private static Map<String, Boolean> runsByDevice(Decision decision, List<QueueStatus> queues) {
    var runs = new HashMap<String, Boolean>();
    for (int i = 0; i < queues.size(); i++) {
      if (queues.get(i).ready()) {
        runs.merge(queues.get(i).device(), !decision.isHeld(i), Boolean::logicalOr);
      }
    }
    return runs;
  }

  private static Set<Long> heldIds(Decision decision, List<QueueStatus> queues) {
    return new HashSet<>(Queue.held(decision, queues));
  }
}
