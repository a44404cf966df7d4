package dev.overtake.core.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A policy with a past: queues that change at certain times, and what is decided then. */
final class Timeline {
  private final PolicyRun run;
  private final Map<Long, Queue> queues = new LinkedHashMap<>();
  private long nowNanos;
  private Decision decision = Decision.runAll();

  Timeline(Policy policy) {
    run =
        new PolicyRun(
            policy,
            (failed, failure) -> {
              throw new AssertionError(failure);
            });
  }

  /** At this time the queue is ready, which it was not. */
  void ready(long atNanos, Queue queue) {
    before(atNanos);
    queues.put(queue.id(), queue.since(atNanos));
    decide(atNanos);
  }

  /** At this time the queue, as it was given last, has nothing to do any more. */
  void idle(long atNanos, Queue queue) {
    before(atNanos);
    queues.put(
        queue.id(),
        new Queue(
            queue.id(), false, queue.device(), queue.owner(), queue.niceness(), 0, queue.hints()));
    decide(atNanos);
  }

  /** Nothing changes but the time, and the policy is asked only if it wants to be. */
  void until(long atNanos) {
    while (decision.wakeUpNanos() <= atNanos) {
      decide(decision.wakeUpNanos());
    }
    nowNanos = atNanos;
  }

  /** What the policy decides when it wakes up by then, it decides over what there was. */
  private void before(long atNanos) {
    if (nowNanos < atNanos) {
      until(atNanos - 1);
    }
  }

  private void decide(long atNanos) {
    nowNanos = atNanos;
    decision = run.decide(statuses(), nowNanos);
  }

  boolean holds(Queue queue) {
    return Queue.held(decision, statuses()).contains(queue.id());
  }

  long wakeUpNanos() {
    return decision.wakeUpNanos();
  }

  private List<QueueStatus> statuses() {
    return queues.values().stream().map(Queue::status).toList();
  }
}
