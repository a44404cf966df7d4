package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HighestPriorityFirstTest {
  private final Policy policy = new HighestPriorityFirst();

  @Test
  void holdsWhatIsBelowTheHighestReadyQueue() {
    assertThat(held(ready("gpu", 1), ready("gpu", 9), ready("gpu", 5))).containsExactly(0, 2);
  }

  @Test
  void queuesOfEqualPriorityRunSideBySide() {
    assertThat(held(ready("gpu", 5), ready("gpu", 5))).isEmpty();
  }

  @Test
  void anIdleQueueHoldsNobody() {
    assertThat(held(ready("gpu", 1), idle("gpu", 9))).isEmpty();
  }

  @Test
  void anIdleQueueIsHeldBeforeItHasSomethingToRun() {
    assertThat(held(idle("gpu", 1), ready("gpu", 9))).containsExactly(0);
  }

  @Test
  void queuesCompeteOnlyWithinADevice() {
    assertThat(held(ready("gpu:0", 1), ready("gpu:1", 9))).isEmpty();
  }

  @Test
  void negativePrioritiesAreBelowNoneGiven() {
    assertThat(held(ready("gpu", -255), ready("gpu", 0))).containsExactly(0);
    assertThat(held(ready("gpu", -255))).isEmpty();
  }

  @Test
  void nothingAttachedNothingHeldAndNeverAWakeUp() {
    var decision = policy.schedule(new Snapshot(List.of()), 0);

    assertThat(decision.isHeld(0)).isFalse();
    assertThat(decision.wakeUpNanos()).isEqualTo(Decision.NEVER);
    assertThat(policy.name()).isEqualTo("HPF");
  }

  @Property
  void aQueueIsHeldExactlyIfAHigherOneOfItsDeviceIsReady(
      @ForAll("queues") List<QueueStatus> queues) {
    var decision = policy.schedule(new Snapshot(queues), 0);

    for (int i = 0; i < queues.size(); i++) {
      var queue = queues.get(i);
      assertThat(decision.isHeld(i))
          .as("queue %d", i)
          .isEqualTo(
              queues.stream()
                  .anyMatch(
                      other ->
                          other.ready()
                              && other.device().equals(queue.device())
                              && other.hints().priority() > queue.hints().priority()));
    }
  }

  @Test
  void aDecisionDoesNotChangeWithTheBitsItWasMadeOf() {
    var bits = new BitSet();
    var decision = Decision.hold(bits, 5);
    bits.set(0);

    assertThat(decision.isHeld(0)).isFalse();
    assertThat(decision.wakeUpNanos()).isEqualTo(5);
  }

  @Provide
  Arbitrary<List<QueueStatus>> queues() {
    return Combinators.combine(
            Arbitraries.of("a", "b"),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(-2, 2))
        .as((device, ready, priority) -> status(device, ready, priority))
        .list()
        .ofMaxSize(8);
  }

  private List<Integer> held(QueueStatus... queues) {
    var decision = policy.schedule(new Snapshot(List.of(queues)), 0);
    return IntStream.range(0, queues.length).filter(decision::isHeld).boxed().toList();
  }

  private static QueueStatus ready(String device, int priority) {
    return status(device, true, priority);
  }

  private static QueueStatus idle(String device, int priority) {
    return status(device, false, priority);
  }

  private static QueueStatus status(String device, boolean ready, int priority) {
    return new QueueStatus(0, "q", device, 0, 0, ready, 0, Hints.priority(priority));
  }
}
