package dev.overtake.core.policy;

import static dev.overtake.core.policy.Queue.held;
import static dev.overtake.core.policy.Queue.idle;
import static dev.overtake.core.policy.Queue.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KEarliestDeadlinesFirstTest {
  private final Policy policy = new KEarliestDeadlinesFirst();

  private static Queue within(long nanos, Queue queue) {
    return queue.hint(hints -> hints.withDeadlineNanos(nanos));
  }

  @Test
  void theQueueWithTheEarliestDeadlineRunsAlone() {
    // The deadlines are 1000, 700 and 800.
    assertThat(
            held(
                policy,
                600,
                within(1000, ready(1)),
                within(200, ready(2).since(500)),
                within(300, ready(3).since(500))))
        .containsExactly(1L, 3L);
  }

  @Test
  void ofEqualDeadlinesTheSmallerIdIsFirst() {
    assertThat(held(policy, 5, within(10, ready(2)), within(10, ready(1)))).containsExactly(2L);
  }

  @Test
  void aMissedDeadlineIsStillTheEarliest() {
    assertThat(held(policy, 500, within(10, ready(1)), within(1, ready(2).since(499))))
        .containsExactly(2L);
  }

  @Test
  void queuesWithoutADeadlineRunWhileFewerThanKWithOneAreReady() {
    Policy two = new KEarliestDeadlinesFirst(2);

    assertThat(held(two, 1, within(10, ready(1)), ready(2), ready(3), idle(4))).isEmpty();
    assertThat(held(two, 1, within(10, ready(1)), within(10, ready(2)), ready(3), idle(4)))
        .containsExactly(3L, 4L);
    assertThat(held(two, 1, within(10, idle(1)), within(10, idle(2)), ready(3))).isEmpty();
  }

  @Test
  void anIdleQueueIsHeldOnlyIfItsDeadlineWouldBeTooLate() {
    assertThat(held(policy, 100, within(500, ready(1)), within(450, idle(2)))).containsExactly(2L);
    assertThat(held(policy, 100, within(500, ready(1)), within(350, idle(2)))).isEmpty();
  }

  @Test
  void queuesOfAProcessWithOneDeadlineHintRunTogetherByTheEarliest() {
    assertThat(
            held(
                policy,
                60,
                within(100, ready(1)).process(7),
                within(100, ready(2).since(50)).process(7),
                within(60, ready(3).since(55)).process(8)))
        .containsExactly(3L);
  }

  @Test
  void queuesOfAProcessWithDifferentHintsAreRankedEachByItself() {
    assertThat(
            held(
                policy,
                60,
                within(100, ready(1)).process(7),
                within(90, ready(2)).process(7),
                ready(3).process(7)))
        .containsExactly(1L, 3L);
  }

  @Test
  void queuesCompeteOnlyWithinADevice() {
    assertThat(held(policy, 1, within(10, ready(1)), within(20, ready(2).on("npu")), ready(3)))
        .containsExactly(3L);
  }

  @Test
  void atLeastOneRuns() {
    assertThatThrownBy(() -> new KEarliestDeadlinesFirst(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k of 0 is out of range: give at least 1");
  }

  @Property
  void nobodyWhoRunsHasALaterDeadlineThanWhoIsHeld(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int k) {
    var history = new RandomHistory(seed);
    var policyOfK = new KEarliestDeadlinesFirst(k);
    for (int step = 0; step < 40; step++) {
      history.advance();
      List<QueueStatus> queues = eachAProcess(history.queues());
      List<Long> held = held(policyOfK.schedule(new Snapshot(queues), history.nowNanos()), queues);

      for (String device : List.of("a", "b")) {
        checkDevice(k, held, history.nowNanos(), readyOn(device, queues));
      }
    }
  }

  private static void checkDevice(int k, List<Long> held, long nowNanos, List<QueueStatus> ready) {
    List<QueueStatus> urgent =
        ready.stream().filter(queue -> queue.hints().deadlineNanos() > 0).toList();
    List<QueueStatus> running = ready.stream().filter(queue -> !held.contains(queue.id())).toList();
    if (urgent.size() < k) {
      assertThat(running).hasSameSizeAs(ready);
      return;
    }
    assertThat(running).hasSize(k).isSubsetOf(urgent);
    long latest =
        running.stream().mapToLong(queue -> leftNanos(queue, nowNanos)).max().orElseThrow();
    assertThat(urgent)
        .filteredOn(queue -> held.contains(queue.id()))
        .allMatch(queue -> leftNanos(queue, nowNanos) >= latest);
  }

  private static List<QueueStatus> readyOn(String device, List<QueueStatus> queues) {
    return queues.stream().filter(q -> q.ready() && q.device().equals(device)).toList();
  }

  private static long leftNanos(QueueStatus queue, long nowNanos) {
    return queue.hints().deadlineNanos() - queue.readyForNanos(nowNanos);
  }

  /** The same queues, but no two of one process, so that each counts as one. */
  private static List<QueueStatus> eachAProcess(List<QueueStatus> queues) {
    return queues.stream()
        .map(
            queue ->
                new Queue(
                    queue.id(),
                    queue.ready(),
                    queue.device(),
                    queue.id(),
                    queue.nice(),
                    queue.readySinceNanos(),
                    queue.hints()))
        .map(Queue::status)
        .toList();
  }
}
