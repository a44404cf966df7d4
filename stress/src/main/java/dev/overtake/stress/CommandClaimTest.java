package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two queues are given the same command: exactly one takes it.
 *
 * <p>Catches: {@code Command.claim} made of a read and a write.
 */
@JCStressTest
@Outcome(
    id = {"true, false", "false, true"},
    expect = ACCEPTABLE,
    desc = "one took it")
@State
public class CommandClaimTest {
  private final XQueue one = XQueue.on(new StressHwQueue()).open();
  private final XQueue other = XQueue.on(new StressHwQueue()).open();
  private final Numbered command = new Numbered(1);

  @Actor
  public void submitToOne(ZZ_Result result) {
    result.r1 = isTaken(one);
  }

  @Actor
  public void submitToTheOther(ZZ_Result result) {
    result.r2 = isTaken(other);
  }

  private boolean isTaken(XQueue queue) {
    try {
      queue.submit(command);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
