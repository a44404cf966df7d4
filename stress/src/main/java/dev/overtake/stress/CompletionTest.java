package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/**
 * A command finishes while the next is submitted: one or the other launches it, and both finish.
 *
 * <p>Catches: a completion that takes no lock.
 */
@JCStressTest
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "launched, completed")
@State
public class CompletionTest {
  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();

  public CompletionTest() {
    queue.submit(new Numbered(1));
  }

  @Actor
  public void complete() {
    hw.finish();
  }

  @Actor
  public void submit() {
    queue.submit(new Numbered(2));
  }

  @Arbiter
  public void atTheEnd(IJ_Result result) {
    hw.finishAll();
    result.r1 = hw.launches();
    result.r2 = queue.counts().completed();
  }
}
