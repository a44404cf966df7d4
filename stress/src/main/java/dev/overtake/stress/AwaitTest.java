package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A command finishes, and the next is launched, just as a thread begins to wait for the first: the
 * waiter is not forgotten. The next command is submitted first, so that the completion comes late
 * enough to meet a thread that waits already.
 *
 * <p>Catches: {@code XQueue.unlock} that signals only once the queue is idle, or overlooks a single
 * waiter; a waiter that is counted after it has looked.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "the waiter returned")
@State
public class AwaitTest {
  /**
   * Far above what a wake-up takes, and a busy machine keeps a thread from running: who returns
   * only by this was forgotten, though it then finds the command finished and reports no time-out.
   */
  private static final Duration FORGOTTEN = Duration.ofSeconds(20);

  /** One is enough to fail: later ones need not take as long. */
  private static volatile boolean forgotten;

  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();
  private final Numbered first = queue.submit(new Numbered(1));

  @Actor
  public void submitAndComplete() {
    queue.submit(new Numbered(2));
    hw.finish();
  }

  @Actor
  public void await(Z_Result result) {
    long startNanos = System.nanoTime();
    try {
      result.r1 =
          !forgotten
              && queue.await(first, FORGOTTEN)
              && System.nanoTime() - startNanos < FORGOTTEN.toNanos();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (!result.r1) {
      forgotten = true;
    }
  }
}
