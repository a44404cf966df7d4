package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A queue to show to a policy: on device {@code gpu}, of a process of its own, unless said. */
record Queue(
    long id,
    boolean isReady,
    String device,
    long owner,
    int niceness,
    long sinceNanos,
    Hints hints) {
  static Queue ready(long id) {
    return new Queue(id, true, "gpu", 100 + id, 0, 0, Hints.NONE);
  }

  static Queue idle(long id) {
    return new Queue(id, false, "gpu", 100 + id, 0, 0, Hints.NONE);
  }

  Queue on(String device) {
    return new Queue(id, isReady, device, owner, niceness, sinceNanos, hints);
  }

  Queue process(long process) {
    return new Queue(id, isReady, device, process, niceness, sinceNanos, hints);
  }

  Queue nice(int nice) {
    return new Queue(id, isReady, device, owner, nice, sinceNanos, hints);
  }

  Queue since(long nanos) {
    return new Queue(id, isReady, device, owner, niceness, nanos, hints);
  }

  Queue hint(UnaryOperator<Hints> hint) {
    return new Queue(id, isReady, device, owner, niceness, sinceNanos, hint.apply(hints));
  }

  Queue priority(int priority) {
    return hint(given -> given.withPriority(priority));
  }

  QueueStatus status() {
    return new QueueStatus(id, "q" + id, device, owner, niceness, isReady, sinceNanos, hints);
  }

  static Snapshot snapshot(Queue... queues) {
    return new Snapshot(Arrays.stream(queues).map(Queue::status).toList());
  }

  /** The ids of the queues that the decision holds, in the order of the snapshot. */
  static List<Long> held(Decision decision, List<QueueStatus> queues) {
    return IntStream.range(0, queues.size())
        .filter(decision::isHeld)
        .mapToObj(i -> queues.get(i).id())
        .toList();
  }

  /** The ids of the queues that a policy without memory holds at this time. */
  static List<Long> held(Policy policy, long nowNanos, Queue... queues) {
    Snapshot snapshot = snapshot(queues);
    return held(policy.schedule(snapshot, nowNanos), snapshot.queues());
  }
}
