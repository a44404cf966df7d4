package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLZ_Result;

/**
 * A suspended queue is closed while a command is submitted: the command is refused and stays free
 * for another queue, or taken and dropped; and nothing reaches closed hardware.
 *
 * <p>Catches: a submit that asks whether the queue is closed before it takes the lock; close that
 * drops without the lock.
 */
@JCStressTest
@Outcome(id = "refused, CREATED, false", expect = ACCEPTABLE, desc = "closed first")
@Outcome(id = "taken, DROPPED, false", expect = ACCEPTABLE, desc = "submitted first")
@State
public class CloseTest {
  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = suspended(hw);
  private final Numbered command = new Numbered(1);

  @Actor
  public void close() {
    queue.close();
  }

  @Actor
  public void submit(LLZ_Result result) {
    try {
      queue.submit(command);
      result.r1 = "taken";
    } catch (IllegalStateException e) {
      result.r1 = "refused";
    }
  }

  @Arbiter
  public void atTheEnd(LLZ_Result result) {
    result.r2 = command.state();
    result.r3 = hw.wasLaunchedAfterClose() || !hw.isClosed();
  }

  private static XQueue suspended(StressHwQueue hw) {
    var queue = XQueue.on(hw).open();
    queue.suspend();
    return queue;
  }
}
