package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.scheduler.Schedulable;
import dev.overtake.core.scheduler.Scheduler;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A scheduler holds a queue while commands are submitted: once hold has returned nothing more is
 * launched, and a release launches what was kept back.
 *
 * <p>Catches: {@code setHeld} that sets its flag, or stops the worker, without the lock.
 */
@JCStressTest
@Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "none after hold, all after release")
@State
public class HoldTest {
  private static final class ByHand implements Scheduler {
    @Nullable Schedulable queue;

    @Override
    public void attach(Schedulable queue) {
      this.queue = queue;
    }

    @Override
    public void detach(Schedulable queue) {}

    @Override
    public void changed() {}
  }

  private final StressHwQueue hw = new StressHwQueue();
  private final ByHand scheduler = new ByHand();
  private final XQueue queue = XQueue.on(hw).scheduler(scheduler).open();
  private final Schedulable scheduled = Objects.requireNonNull(scheduler.queue);
  private int launchedWhenHeld;

  @Actor
  public void hold() {
    scheduled.hold();
    launchedWhenHeld = hw.launches();
  }

  @Actor
  public void submit() {
    queue.submit(new Numbered(1));
    queue.submit(new Numbered(2));
  }

  @Arbiter
  public void atTheEnd(II_Result result) {
    result.r1 = hw.launches() - launchedWhenHeld;
    scheduled.release();
    result.r2 = hw.launches();
  }
}
