package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * Queues that share devices under a policy, in virtual time. Hardware without properties of its
 * own: it stops at once what is held, and divides itself evenly among what is not. Every decision
 * is taken twice, and must come out the same.
 */
final class VirtualSharing {
  /**
   * What one queue does: it is attached for a time, and in that time works in requests with idle
   * time between them.
   *
   * @param requestNanos the work of a request; more than there is time for a queue that never idles
   */
  record Load(
      String device,
      long process,
      Hints hints,
      long fromNanos,
      long untilNanos,
      long requestNanos,
      long thinkNanos) {
    static Load endless(long process, Hints hints) {
      return new Load("gpu", process, hints, 0, Long.MAX_VALUE, Long.MAX_VALUE, 0);
    }

    Load between(long fromNanos, long untilNanos) {
      return new Load(device, process, hints, fromNanos, untilNanos, requestNanos, thinkNanos);
    }

    Load requests(long requestNanos, long thinkNanos) {
      return new Load(device, process, hints, fromNanos, untilNanos, requestNanos, thinkNanos);
    }
  }

  /** A load as it goes: how it stands, and what it got. */
  private static final class Queue {
    final long id;
    final Load load;
    double remaining;
    double served;
    long readySince;
    long nextRequest;
    boolean running;

    Queue(long id, Load load) {
      this.id = id;
      this.load = load;
      nextRequest = load.fromNanos;
    }

    boolean ready() {
      return remaining > 0;
    }

    QueueStatus status() {
      return new QueueStatus(
          id, "q", load.device, load.process, 0, ready(), readySince, load.hints);
    }
  }

  private final PolicyRun run;
  private final List<Queue> queues = new ArrayList<>();
  private long now;
  private long wasted;
  private int decisions;
  private long longestLatency;

  VirtualSharing(Policy policy, List<Load> loads) {
    run = new PolicyRun(new Twice(policy), (failing, failure) -> rethrow(failure));
    for (Load load : loads) {
      queues.add(new Queue(queues.size() + 1, load));
    }
  }

  private record Twice(Policy policy) implements Policy {
    @Override
    public String name() {
      return policy.name();
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      Decision first = policy.schedule(snapshot, nowNanos);
      Decision second = policy.schedule(snapshot, nowNanos);
      assertThat(second.memory()).isEqualTo(first.memory());
      assertThat(second.wakeUpNanos()).isEqualTo(first.wakeUpNanos());
      for (int i = 0; i < snapshot.queues().size(); i++) {
        assertThat(second.isHeld(i)).isEqualTo(first.isHeld(i));
      }
      return first;
    }
  }

  private static void rethrow(Throwable failure) {
    throw new AssertionError("the policy failed", failure);
  }

  /** Lets time pass until then. */
  VirtualSharing until(long endNanos) {
    while (now < endNanos) {
      long next = Math.min(endNanos, decide());
      for (Queue queue : queues) {
        next = Math.min(next, nextEvent(queue));
      }
      pass(Math.max(now + 1, next));
    }
    return this;
  }

  private long decide() {
    List<Queue> attached = new ArrayList<>();
    for (Queue queue : queues) {
      queue.running = false;
      if (now >= queue.load.untilNanos) {
        queue.remaining = 0;
      } else if (now >= queue.load.fromNanos) {
        attached.add(queue);
        if (!queue.ready() && now >= queue.nextRequest) {
          queue.remaining = queue.load.requestNanos;
          queue.readySince = now;
        }
      }
    }
    Decision decision = run.decide(attached.stream().map(Queue::status).toList(), now);
    for (int i = 0; i < attached.size(); i++) {
      attached.get(i).running = attached.get(i).ready() && !decision.isHeld(i);
    }
    decisions++;
    return decision.wakeUpNanos();
  }

  private long nextEvent(Queue queue) {
    if (now < queue.load.fromNanos) {
      return queue.load.fromNanos;
    }
    if (now >= queue.load.untilNanos) {
      return Long.MAX_VALUE;
    }
    long own = queue.ready() ? Long.MAX_VALUE : queue.nextRequest;
    if (queue.running) {
      double end = now + Math.ceil(queue.remaining * sharing(queue));
      own = end < Long.MAX_VALUE ? (long) end : Long.MAX_VALUE;
    }
    return Math.min(own, queue.load.untilNanos);
  }

  private long sharing(Queue queue) {
    return queues.stream()
        .filter(other -> other.running && other.load.device.equals(queue.load.device))
        .count();
  }

  private void pass(long next) {
    long elapsed = next - now;
    now = next;
    for (Queue queue : queues) {
      wasted += queue.ready() && sharing(queue) == 0 ? elapsed : 0;
    }
    for (Queue queue : queues) {
      if (queue.running) {
        double work = Math.min(queue.remaining, (double) elapsed / sharing(queue));
        queue.served += work;
        queue.remaining -= work;
        if (queue.remaining < 1) {
          queue.remaining = 0;
          queue.nextRequest = now + queue.load.thinkNanos;
          longestLatency = Math.max(longestLatency, now - queue.readySince);
        }
      }
    }
  }

  /** What this load was served since the last {@link #restart}, as a part of the device. */
  double share(int load, long elapsedNanos) {
    return queues.get(load).served / elapsedNanos;
  }

  /** Counts from now on. */
  VirtualSharing restart() {
    queues.forEach(queue -> queue.served = 0);
    wasted = 0;
    decisions = 0;
    longestLatency = 0;
    return this;
  }

  /** The time for which a queue was ready and no queue ran on its device, for each such queue. */
  long wastedNanos() {
    return wasted;
  }

  int decisions() {
    return decisions;
  }

  /** Of all requests of all loads, from becoming ready to being idle. */
  long longestLatencyNanos() {
    return longestLatency;
  }
}
