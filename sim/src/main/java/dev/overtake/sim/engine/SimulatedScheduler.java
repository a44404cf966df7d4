package dev.overtake.sim.engine;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.PolicyRun;
import dev.overtake.core.policy.QueueStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Asks a machine's policy as a scheduler in real time does: when a queue is no longer what it was,
 * and when the policy wanted to be woken. Without a policy it never holds a queue.
 */
final class SimulatedScheduler {
  /** The queues that a decision holds or releases, later. */
  private record Pending(List<SimulatedQueue> turned, long atNanos) {}

  private final @Nullable PolicyRun run;
  private final long delayNanos;
  private final List<SimulatedDevice> devices;

  /** In the order in which they came. */
  private final List<SimulatedQueue> attached = new ArrayList<>();

  /** Those of the attached queues, as of the last decision. */
  private final List<QueueStatus> statuses = new ArrayList<>();

  /** The queues whose statuses may be others by now. */
  private final List<SimulatedQueue> outdated = new ArrayList<>();

  /** Whom the last decision holds, by place; it may not have taken effect yet. */
  private final BitSet held = new BitSet();

  private final Queue<Pending> pending = new ArrayDeque<>();
  private final List<SimulatedQueue> released = new ArrayList<>();
  private final Timers.Timer wakeUp;
  private final Timers.Timer effect;
  private boolean changed;
  private long decisions;

  SimulatedScheduler(
      @Nullable Policy policy,
      long delayNanos,
      List<SimulatedDevice> devices,
      Timers timers,
      Observer observer) {
    run = policy == null ? null : new PolicyRun(policy, observer::policyFailed);
    this.delayNanos = delayNanos;
    this.devices = devices;
    wakeUp = timers.make(_ -> changed = true);
    effect = timers.make(this::takeEffect);
  }

  void attach(SimulatedQueue queue, long now) {
    queue.place = attached.size();
    attached.add(queue);
    statuses.add(queue.status(now));
    changed = true;
  }

  void detach(SimulatedQueue queue, long now) {
    attached.remove(queue.place);
    statuses.remove(queue.place);
    for (int i = queue.place; i < attached.size(); i++) {
      attached.get(i).place = i;
      held.set(i, held.get(i + 1));
    }
    held.clear(attached.size());
    if (queue.isHeld()) {
      queue.release(now);
    }
    changed = true;
  }

  /** A queue is no longer what it was. */
  void changed(SimulatedQueue queue) {
    outdate(queue);
    changed = true;
  }

  /** A queue is served: no reason to decide, but what the next decision has to know. */
  void served(SimulatedQueue queue) {
    outdate(queue);
  }

  private void outdate(SimulatedQueue queue) {
    if (!queue.outdated) {
      queue.outdated = true;
      outdated.add(queue);
    }
  }

  /** Asks the policy if it could decide otherwise than before. */
  void decideIfChanged(long now) {
    while (changed) {
      changed = false;
      if (run != null) {
        decide(run, now);
      }
    }
  }

  private void decide(PolicyRun policy, long now) {
    updateStatuses(now);
    Decision decision = policy.decide(statuses, now);
    decisions++;
    wakeUp.set(decision.wakeUpNanos());
    List<SimulatedQueue> turned = turnedBy(decision);
    if (delayNanos == 0) {
      apply(turned, now);
    } else {
      pending.add(new Pending(turned, now + delayNanos));
      if (!effect.isSet()) {
        effect.set(now + delayNanos);
      }
    }
  }

  /** In a plain loop: this is a large part of a decision over few queues. */
  private void updateStatuses(long now) {
    int served = 0;
    for (int i = 0; i < outdated.size(); i++) {
      SimulatedQueue queue = outdated.get(i);
      if (queue.isAttached()) {
        statuses.set(queue.place, queue.status(now));
      }
      queue.outdated = queue.engine != null;
      if (queue.outdated) { // That of a queue that is served grows old at once.
        outdated.set(served++, queue);
      }
    }
    while (outdated.size() > served) {
      outdated.removeLast();
    }
  }

  /** The queues that the last decision held and this one does not, or the other way around. */
  private List<SimulatedQueue> turnedBy(Decision decision) {
    BitSet places = decision.held();
    places.xor(held);
    held.xor(places);
    var turned = new ArrayList<SimulatedQueue>();
    for (int i = places.nextSetBit(0); i >= 0; i = places.nextSetBit(i + 1)) {
      turned.add(attached.get(i));
    }
    return turned;
  }

  private void takeEffect(long now) {
    Pending first = pending.remove();
    apply(first.turned.stream().filter(SimulatedQueue::isAttached).toList(), now);
    if (!pending.isEmpty()) {
      effect.set(pending.element().atNanos);
    }
  }

  /** Lets nobody launch before all know. */
  private void apply(List<SimulatedQueue> turned, long now) {
    if (turned.isEmpty()) {
      return;
    }
    for (SimulatedQueue queue : turned) {
      if (!queue.isHeld()) {
        queue.hold(now);
      } else {
        queue.release(now);
        if (queue.waitsToLaunch()) {
          released.add(queue);
        }
      }
    }
    for (SimulatedDevice device : devices) {
      device.dispatch(now);
    }
    for (SimulatedQueue queue : released) {
      queue.launch(now);
    }
    released.clear();
  }

  long decisions() {
    return decisions;
  }
}
