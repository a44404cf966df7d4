package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.scheduler.Schedulable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two threads report changes at once, on two devices: when both have returned, what was decided
 * last fits what is; the one that found the other deciding has not been forgotten.
 *
 * <p>Catches: {@code LocalScheduler.changed} that ends with {@code set(0)}, or that returns when
 * somebody decides without leaving a note.
 */
@JCStressTest
@Outcome(
    id = "true, false",
    expect = ACCEPTABLE,
    desc = "held below the ready, released below the idle")
@State
public class SchedulerTest {
  private static final class Flags implements Schedulable {
    private final String device;
    private final int priority;
    volatile boolean ready;
    volatile boolean held;

    Flags(LocalScheduler scheduler, String device, int priority) {
      this.device = device;
      this.priority = priority;
      scheduler.attach(this);
    }

    @Override
    public QueueStatus status() {
      return new QueueStatus(0, device, device, 0, 0, ready, 0, Hints.priority(priority));
    }

    @Override
    public void hold() {
      held = true;
    }

    @Override
    public void release() {
      held = false;
    }
  }

  private final LocalScheduler scheduler = new LocalScheduler(new HighestPriorityFirst());
  private final Flags low = new Flags(scheduler, "one", 1);
  private final Flags high = new Flags(scheduler, "one", 2);
  private final Flags otherLow = new Flags(scheduler, "other", 1);
  private final Flags otherHigh = new Flags(scheduler, "other", 2);

  @Actor
  public void becomesReady() {
    high.ready = true;
    scheduler.changed();
  }

  @Actor
  public void becomesReadyAndIdle() {
    otherHigh.ready = true;
    scheduler.changed();
    otherHigh.ready = false;
    scheduler.changed();
  }

  @Arbiter
  public void atTheEnd(ZZ_Result result) {
    result.r1 = low.held;
    result.r2 = otherLow.held;
  }
}
