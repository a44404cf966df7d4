package dev.overtake.core.scheduler;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the queues of this JVM by a policy. Safe for use by any thread.
 *
 * <p>It has no thread: whoever reports a change decides. While one thread decides, others only
 * leave a note that it has to decide once more, and go on; so a submission never waits for a
 * decision made elsewhere, and no lock is held while queues are held and released. A timer thread
 * exists only once a policy has asked for a wake-up.
 *
 * <p>A policy that throws loses its say, not the program: every queue is released, the failure is
 * logged once, and the policy is asked again at the next change.
 */
public final class LocalScheduler implements Scheduler, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(LocalScheduler.class.getName());

  /** A queue, and what it was last told. Only the deciding thread touches {@code held}. */
  private static final class Attached {
    final Schedulable queue;
    boolean held;

    Attached(Schedulable queue) {
      this.queue = queue;
    }
  }

  private final LongSupplier nanoClock;
  private final List<Attached> attached = new CopyOnWriteArrayList<>();

  /** Changes that no finished decision has seen; whoever raises it from zero decides. */
  private final AtomicInteger unseenChanges = new AtomicInteger();

  private volatile Policy policy;
  private volatile boolean closed;
  private volatile @Nullable Policy failedPolicy;

  // Only the deciding thread touches these two.
  private @Nullable ScheduledThreadPoolExecutor timer;
  private long armedForNanos = Decision.NEVER;

  /** A scheduler that decides by this policy, on {@link System#nanoTime()}. */
  public LocalScheduler(Policy policy) {
    this(policy, System::nanoTime);
  }

  /** The same on a clock of the caller's; it must advance as {@link System#nanoTime()} does. */
  public LocalScheduler(Policy policy, LongSupplier nanoClock) {
    this.policy = policy;
    this.nanoClock = nanoClock;
  }

  public Policy policy() {
    return policy;
  }

  /** Decides by another policy from now on, also over the commands that are already queued. */
  public void setPolicy(Policy policy) {
    this.policy = policy;
    changed();
  }

  @Override
  public void attach(Schedulable queue) {
    if (closed) {
      throw new IllegalStateException("the scheduler is closed: attach queues before closing it");
    }
    attached.add(new Attached(queue));
    changed();
  }

  @Override
  public void detach(Schedulable queue) {
    attached.removeIf(candidate -> candidate.queue.equals(queue));
    queue.release();
    changed();
  }

  @Override
  public void changed() {
    if (unseenChanges.getAndIncrement() != 0) {
      return; // Another thread, or a caller further up this stack, decides once more.
    }
    int seen = 1;
    do {
      decide();
      seen = unseenChanges.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Releases every queue and decides no more. Idempotent. */
  @Override
  public void close() {
    closed = true;
    changed();
  }

  private void decide() {
    List<Attached> current = List.copyOf(attached);
    Decision decision = closed ? Decision.runAll() : ask(current);
    // Hold before releasing: what is released must not slip in front of what is about to be held.
    for (int i = 0; i < current.size(); i++) {
      if (decision.isHeld(i) && !current.get(i).held) {
        current.get(i).held = true;
        current.get(i).queue.hold();
      }
    }
    for (int i = 0; i < current.size(); i++) {
      if (current.get(i).held && !decision.isHeld(i)) {
        current.get(i).held = false;
        current.get(i).queue.release();
      }
    }
    if (closed) {
      stopTimer();
    } else {
      arm(decision.wakeUpNanos());
    }
  }

  private Decision ask(List<Attached> current) {
    var statuses = new ArrayList<QueueStatus>(current.size());
    for (Attached each : current) {
      statuses.add(each.queue.status());
    }
    Policy asked = policy;
    try {
      Decision decision = asked.schedule(new Snapshot(statuses), nanoClock.getAsLong());
      failedPolicy = null;
      return decision;
    } catch (RuntimeException e) {
      if (!asked.equals(failedPolicy)) {
        failedPolicy = asked;
        LOGGER.log(
            Level.WARNING,
            "policy " + asked.name() + " failed; every queue runs until it decides again",
            e);
      }
      return Decision.runAll();
    }
  }

  private void arm(long wakeUpNanos) {
    if (wakeUpNanos == Decision.NEVER || wakeUpNanos == armedForNanos) {
      return;
    }
    armedForNanos = wakeUpNanos;
    if (timer == null) {
      timer =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("overtake-scheduler-timer").factory());
      timer.setRemoveOnCancelPolicy(true);
    }
    // An early or superfluous wake-up only asks the policy once more: nothing is ever cancelled.
    var _ =
        timer.schedule(
            this::changed, Math.max(0, wakeUpNanos - nanoClock.getAsLong()), NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }
}
