package dev.overtake.core.scheduler;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.PolicyRun;
import dev.overtake.core.policy.QueueStatus;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the queues of this JVM by a policy. Safe for use by any thread.
 *
 * <p>It has no thread: whoever reports a change decides. While one thread decides, others only
 * leave a note that it has to decide once more, and go on; so nobody waits for a decision that
 * another makes, and whoever decides goes on for as long as others leave notes. No lock is held
 * while queues are held and released. A timer thread exists only once a policy has asked for a
 * wake-up.
 *
 * <p>While a policy fails, every queue is released, and that is logged once; see {@link PolicyRun}.
 */
public final class LocalScheduler implements Scheduler, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(LocalScheduler.class.getName());

  /** A queue, and what it was last told. Only the deciding thread touches {@code held}. */
  private static final class Attached {
    final Schedulable queue;
    boolean held;
    volatile boolean detached;

    Attached(Schedulable queue) {
      this.queue = queue;
    }
  }

  /** The one wake-up that is asked for. */
  private final class WakeUp implements Runnable {
    final long atNanos;
    final Future<?> alarm;
    volatile boolean rung;

    WakeUp(ScheduledExecutorService timer, long atNanos) {
      this.atNanos = atNanos;
      long delayNanos = Math.max(0, atNanos - nanoClock.getAsLong());
      alarm = timer.schedule(this, delayNanos, NANOSECONDS);
    }

    @Override
    public void run() {
      rung = true; // Before the change is reported: whoever decides over it may ask for another.
      changed();
    }
  }

  private final LongSupplier nanoClock;
  private final Supplier<ScheduledThreadPoolExecutor> timers;
  private final List<Attached> attached = new CopyOnWriteArrayList<>();

  /** Changes that no finished decision has seen; whoever raises it from zero decides. */
  private final AtomicInteger unseenChanges = new AtomicInteger();

  private volatile PolicyRun run;
  private volatile boolean closed;

  // Only the deciding thread touches these.
  private @Nullable ScheduledThreadPoolExecutor timer;
  private @Nullable WakeUp nextWakeUp;
  private int lastReleased = -1;

  /** A scheduler that decides by this policy, on {@link System#nanoTime()}. */
  public LocalScheduler(Policy policy) {
    this(policy, System::nanoTime);
  }

  /**
   * The same on a clock of the caller's; it must advance as {@link System#nanoTime()} does, and
   * begin with it if XQueues are attached: they say by that when they became ready.
   */
  public LocalScheduler(Policy policy, LongSupplier nanoClock) {
    this(policy, nanoClock, LocalScheduler::newTimer);
  }

  /** The same with a timer that a test can look into. */
  LocalScheduler(
      Policy policy, LongSupplier nanoClock, Supplier<ScheduledThreadPoolExecutor> timers) {
    this.run = newRun(policy);
    this.nanoClock = nanoClock;
    this.timers = timers;
  }

  private static PolicyRun newRun(Policy policy) {
    return new PolicyRun(
        policy,
        (failed, failure) ->
            LOGGER.log(
                Level.WARNING,
                "policy " + failed.name() + " failed; every queue runs until it decides again",
                failure));
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("overtake-scheduler-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  public Policy policy() {
    return run.policy();
  }

  /** Decides by another policy from now on, also over the commands that are already queued. */
  public void setPolicy(Policy policy) {
    run = newRun(policy);
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
    for (Attached each : List.copyOf(attached)) {
      if (each.queue.equals(queue)) {
        each.detached = true;
        attached.remove(each);
        queue.release();
      }
    }
    changed();
  }

  @Override
  public void changed() {
    if (unseenChanges.getAndIncrement() != 0) {
      return; // Another thread, or a caller further up this stack, decides once more.
    }
    int seen = 1;
    do {
      try {
        decide(seen);
      } catch (RuntimeException | Error e) { // Or nobody would ever decide again.
        releaseAll();
        log("a decision failed; every queue runs until the next", e);
      }
      seen = unseenChanges.addAndGet(-seen);
    } while (seen != 0);
  }

  /**
   * Releases every queue and decides no more; if another thread is deciding, it does so as soon as
   * that decision is made. Idempotent.
   */
  @Override
  public void close() {
    closed = true;
    changed();
  }

  /**
   * Decides once, over the changes counted so far. A release fills its queue's hardware and takes a
   * while: once something newer is known, the rest is left to the decision over that, which may
   * want to hold it. One release a decision there is, and the next decision begins behind it, so
   * that those still held do not starve.
   */
  private void decide(int seen) {
    List<Attached> current = List.copyOf(attached);
    Decision decision = closed ? Decision.runAll() : ask(current);
    // Hold before releasing: what is released must not slip in front of what is about to be held.
    for (int i = 0; i < current.size(); i++) {
      if (decision.isHeld(i) && !current.get(i).held) {
        hold(current.get(i));
      }
    }
    boolean outdated = false;
    int first = lastReleased + 1;
    for (int n = 0; n < current.size() && !outdated; n++) {
      int i = (first + n) % current.size();
      if (current.get(i).held && !decision.isHeld(i)) {
        release(current.get(i));
        lastReleased = i;
        outdated = unseenChanges.get() != seen;
      }
    }
    if (closed) {
      stopTimer();
    } else {
      arm(decision.wakeUpNanos());
    }
  }

  private void releaseAll() {
    for (Attached each : attached) {
      if (each.held) {
        release(each);
      }
    }
  }

  private static void hold(Attached each) {
    each.held = true;
    tell(each.queue, true);
    if (each.detached) { // Since this decision began: its release may have come before the hold.
      tell(each.queue, false);
    }
  }

  /** One that cannot be told is told again by the next decision. */
  private static void release(Attached each) {
    each.held = !tell(each.queue, false);
  }

  /**
   * A queue that breaks its promise not to throw must not stop the decisions over the others.
   * Allocates nothing: what was decided may have failed for want of memory.
   */
  private static boolean tell(Schedulable queue, boolean hold) {
    try {
      if (hold) {
        queue.hold();
      } else {
        queue.release();
      }
      return true;
    } catch (RuntimeException | Error e) {
      log("a queue failed when its scheduler held or released it", e);
      return false;
    }
  }

  /** There may be no memory left for that, which must not be one more failure. */
  private static void log(String what, Throwable failure) {
    try {
      LOGGER.log(Level.ERROR, what, failure);
    } catch (RuntimeException | Error e) {
      // Nobody is there to tell.
    }
  }

  private Decision ask(List<Attached> current) {
    var statuses = new ArrayList<QueueStatus>(current.size());
    for (Attached each : current) {
      statuses.add(each.queue.status());
    }
    return run.decide(statuses, nanoClock.getAsLong());
  }

  private void arm(long wakeUpNanos) {
    if (nextWakeUp != null) {
      if (nextWakeUp.atNanos == wakeUpNanos && !nextWakeUp.rung) {
        return;
      }
      nextWakeUp.alarm.cancel(false);
      nextWakeUp = null;
    }
    if (wakeUpNanos != Decision.NEVER) {
      if (timer == null) {
        timer = timers.get();
      }
      nextWakeUp = new WakeUp(timer, wakeUpNanos);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }
}
