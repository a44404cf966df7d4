package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * A queue is suspended and resumed while commands are submitted: between the two nothing is
 * launched, and after them everything is.
 *
 * <p>Catches: a resume that does not launch; suspend without the lock; a submit that reads whether
 * the queue is stopped before it takes the lock.
 */
@JCStressTest
@Outcome(id = "true, 2", expect = ACCEPTABLE, desc = "nothing launched meanwhile, all at the end")
@State
public class SuspendTest {
  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).open();

  @Actor
  public void suspendAndResume(ZI_Result result) {
    queue.suspend();
    int before = hw.launches();
    Thread.onSpinWait();
    result.r1 = hw.launches() == before;
    queue.resume();
  }

  @Actor
  public void submit() {
    queue.submit(new Numbered(1));
    queue.submit(new Numbered(2));
  }

  @Arbiter
  public void atTheEnd(ZI_Result result) {
    result.r2 = hw.launches();
  }
}
