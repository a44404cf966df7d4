package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLI_Result;

/**
 * A completion would launch the pending command just as it is dropped: it is launched or dropped,
 * not both and not neither.
 *
 * <p>Catches: {@code resume(DROP_PENDING)} or {@code completed} without the lock; a drop that
 * leaves the dropped command linked behind the last launched one.
 */
@JCStressTest
@Outcome(id = "COMPLETED, COMPLETED, 2", expect = ACCEPTABLE, desc = "launched before the drop")
@Outcome(id = "COMPLETED, DROPPED, 1", expect = ACCEPTABLE, desc = "dropped before it was launched")
@State
public class DropTest {
  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();
  private final Numbered first = queue.submit(new Numbered(1));
  private final Numbered second = queue.submit(new Numbered(2));

  @Actor
  public void complete() {
    hw.finish();
  }

  @Actor
  public void drop() {
    queue.resume(ResumeFlag.DROP_PENDING);
  }

  @Arbiter
  public void atTheEnd(LLI_Result result) {
    hw.finishAll();
    result.r1 = first.state();
    result.r2 = second.state();
    result.r3 = hw.launches();
  }
}
