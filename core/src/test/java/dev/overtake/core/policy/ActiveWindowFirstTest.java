package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.held;
import static dev.overtake.core.policy.Queue.idle;
import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ActiveWindowFirstTest {
  private final Policy policy = new ActiveWindowFirst();

  private static Queue active(Queue queue) {
    return queue.hint(hints -> hints.withWindowActive(true));
  }

  @Test
  void theOthersWaitOnEveryDeviceWhileTheActiveProcessIsReady() {
    assertThat(held(policy, 0, active(ready(1)), ready(2), idle(3), ready(4).on("npu")))
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void everybodyRunsWhileTheActiveProcessIsIdle() {
    assertThat(held(policy, 0, active(idle(1)), ready(2), ready(3))).isEmpty();
  }

  @Test
  void allQueuesOfTheActiveProcessAreActive() {
    assertThat(
            held(policy, 0, active(idle(1)).process(7), ready(2).process(7), ready(3).process(8)))
        .containsExactly(3L);
  }

  @Test
  void severalMayBeActive() {
    assertThat(held(policy, 0, active(ready(1)), active(ready(2)), ready(3))).containsExactly(3L);
  }

  @Property
  void eitherNobodyIsHeldOrAllWhoAreNotActive(@ForAll long seed) {
    var history = new RandomHistory(seed);
    for (int step = 0; step < 20; step++) {
      history.advance();
      List<QueueStatus> queues = history.queues();
      List<Long> active =
          queues.stream()
              .filter(queue -> queue.hints().windowActive())
              .map(QueueStatus::process)
              .toList();
      List<Long> held = held(policy.schedule(new Snapshot(queues), history.nowNanos()), queues);

      assertThat(held)
          .containsExactlyElementsOf(
              queues.stream()
                  .filter(queue -> !active.contains(queue.process()))
                  .filter(
                      queue ->
                          queues.stream()
                              .anyMatch(other -> other.ready() && active.contains(other.process())))
                  .map(QueueStatus::id)
                  .toList());
    }
  }
}
