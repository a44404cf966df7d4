package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.held;
import static dev.overtake.core.policy.Queue.idle;
import static dev.overtake.core.policy.Queue.ready;
import static dev.overtake.core.policy.Queue.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LaxityFirstTest {
  private final Policy policy = new LaxityFirst();

  private static Queue lax(Queue queue, long nanos, int laxPriority, int criticalPriority) {
    return queue.hint(hints -> hints.withLaxity(new Laxity(nanos, laxPriority, criticalPriority)));
  }

  @Test
  void aQueueWaitsAsLongAsItCanAndThenOvertakes() {
    Queue waiting = lax(ready(1).since(1000), 500, -1, 1);

    assertThat(held(policy, 1499, waiting, ready(2))).containsExactly(1L);
    assertThat(held(policy, 1500, waiting, ready(2))).containsExactly(2L);
  }

  @Test
  void itAsksToBeWokenWhenTheFirstBecomesCritical() {
    Snapshot snapshot =
        snapshot(
            lax(ready(1).since(1000), 500, -1, 1),
            lax(ready(2).since(1100), 300, -1, 1),
            lax(idle(3).since(1100), 1, -1, 1),
            ready(4));

    assertThat(policy.schedule(snapshot, 1200).wakeUpNanos()).isEqualTo(1400);
    assertThat(policy.schedule(snapshot, 1400).wakeUpNanos()).isEqualTo(1500);
    assertThat(policy.schedule(snapshot, 1500).wakeUpNanos()).isEqualTo(Decision.NEVER);
  }

  @Test
  void anIdleQueueIsLaxHoweverLongAgoItWasReady() {
    assertThat(held(policy, 9_000, lax(idle(1), 500, -1, 1), ready(2))).containsExactly(1L);
  }

  @Test
  void aCriticalQueueDoesNotWaitForALaxOneOfHigherPriority() {
    Queue critical = lax(ready(1), 500, 1, 2);
    Queue lax = lax(ready(2), 5_000, 7, 8);

    assertThat(held(policy, 1_000, critical, lax)).containsExactly(2L);
    assertThat(held(policy, 1_000, critical, lax, ready(3).priority(9))).containsExactly(1L, 2L);
    assertThat(held(policy, 1_000, critical, lax.on("npu"), ready(3).priority(3)))
        .containsExactly(1L);
  }

  @Test
  void withoutLaxityItIsHighestPriorityFirst() {
    assertThat(held(policy, 0, ready(1).priority(1), ready(2).priority(2), ready(3).on("npu")))
        .containsExactly(1L);
  }

  @Property
  void noCriticalQueueIsHeldWhereALaxOneRuns(@ForAll long seed) {
    var history = new RandomHistory(seed);
    for (int step = 0; step < 40; step++) {
      history.advance();
      long nowNanos = history.nowNanos();
      List<QueueStatus> queues = history.queues();
      List<Long> held = held(policy.schedule(new Snapshot(queues), nowNanos), queues);

      for (QueueStatus critical : queues) {
        if (critical(critical, nowNanos) && held.contains(critical.id())) {
          assertThat(queues)
              .noneMatch(
                  other ->
                      other.ready()
                          && other.device().equals(critical.device())
                          && other.hints().laxity() != null
                          && !critical(other, nowNanos)
                          && !held.contains(other.id()));
        }
      }
    }
  }

  private static boolean critical(QueueStatus queue, long nowNanos) {
    Laxity laxity = queue.hints().laxity();
    return laxity != null && queue.ready() && queue.readyForNanos(nowNanos) >= laxity.nanos();
  }
}
