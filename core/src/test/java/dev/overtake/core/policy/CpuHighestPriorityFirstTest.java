package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.held;
import static dev.overtake.core.policy.Queue.idle;
import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CpuHighestPriorityFirstTest {
  private final Policy policy = new CpuHighestPriorityFirst();

  @Test
  void theNicerProcessWaitsWhateverItsHintsSay() {
    assertThat(held(policy, 0, ready(1).nice(10).priority(255), ready(2), ready(3).nice(-5)))
        .containsExactly(1L, 2L);
  }

  @Test
  void processesAsNiceRunSideBySide() {
    assertThat(held(policy, 0, ready(1).nice(3), ready(2).nice(3))).isEmpty();
  }

  @Test
  void anIdleQueueHoldsNobody() {
    assertThat(held(policy, 0, ready(1).nice(19), idle(2).nice(-20))).isEmpty();
  }

  @Property
  void aQueueIsHeldExactlyIfALessNiceOneOfItsDeviceIsReady(@ForAll long seed) {
    var history = new RandomHistory(seed);
    for (int step = 0; step < 20; step++) {
      history.advance();
      List<QueueStatus> queues = history.queues();
      Decision decision = policy.schedule(new Snapshot(queues), history.nowNanos());

      for (int i = 0; i < queues.size(); i++) {
        QueueStatus queue = queues.get(i);
        assertThat(decision.isHeld(i))
            .isEqualTo(
                queues.stream()
                    .anyMatch(
                        other ->
                            other.ready()
                                && other.device().equals(queue.device())
                                && other.nice() < queue.nice()));
      }
    }
  }
}
