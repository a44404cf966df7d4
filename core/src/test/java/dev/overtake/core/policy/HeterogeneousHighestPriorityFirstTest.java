package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.held;
import static dev.overtake.core.policy.Queue.idle;
import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HeterogeneousHighestPriorityFirstTest {
  private final Policy policy = new HeterogeneousHighestPriorityFirst();

  @Test
  void queuesCompeteAcrossDevicesEvenWhereTheOtherDeviceIsIdle() {
    assertThat(held(policy, 0, ready(1).on("cpu").priority(1), ready(2).on("gpu").priority(9)))
        .containsExactly(1L);
  }

  @Test
  void theDeviceIsFreeAgainWhenTheHigherQueueIsIdle() {
    assertThat(held(policy, 0, ready(1).on("cpu").priority(1), idle(2).on("gpu").priority(9)))
        .isEmpty();
  }

  @Property
  void aQueueIsHeldExactlyIfAHigherOneIsReadyAnywhere(@ForAll long seed) {
    var history = new RandomHistory(seed);
    for (int step = 0; step < 20; step++) {
      history.advance();
      List<QueueStatus> queues = history.queues();
      Decision decision = policy.schedule(new Snapshot(queues), history.nowNanos());

      for (int i = 0; i < queues.size(); i++) {
        int priority = queues.get(i).hints().priority();
        assertThat(decision.isHeld(i))
            .isEqualTo(
                queues.stream()
                    .anyMatch(other -> other.ready() && other.hints().priority() > priority));
      }
    }
  }
}
