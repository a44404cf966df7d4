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
import org.openjdk.jcstress.infra.results.IZJ_Result;

/**
 * A higher threshold and a completion both launch what is pending: each command once, in order.
 *
 * <p>Catches: {@code setLaunchConfig} or {@code completed} that launches without the lock.
 */
@JCStressTest
@Outcome(id = "3, false, 3", expect = ACCEPTABLE, desc = "launched, out of order, completed")
@State
public class LaunchConfigTest {
  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();

  public LaunchConfigTest() {
    queue.submit(new Numbered(1));
    queue.submit(new Numbered(2));
    queue.submit(new Numbered(3));
  }

  @Actor
  public void raiseThreshold() {
    queue.setLaunchConfig(new LaunchConfig(2, 2));
  }

  @Actor
  public void complete() {
    hw.finish();
  }

  @Arbiter
  public void atTheEnd(IZJ_Result result) {
    hw.finishAll();
    result.r1 = hw.launches();
    result.r2 = hw.isOutOfOrder();
    result.r3 = queue.counts().completed();
  }
}
