package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJJ_Result;

/**
 * A command finishes while another thread submits the next and then awaits the first: the waiter
 * returns, and the next command is launched, by one or the other. (Two threads, not three: jcstress
 * runs no test with more actors than there are processors.)
 *
 * <p>Catches: a completion that takes no lock; {@code XQueue.unlock} that signals only once the
 * queue is idle, or asks for waiters before it counts what has finished.
 */
@JCStressTest
@Outcome(id = "true, 2, 2", expect = ACCEPTABLE, desc = "awaited, launched, completed")
@State
public class CompletionTest {
  /** Far above what a wake-up takes: a waiter that needs it was forgotten. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(2);

  private final StressHwQueue hw = new StressHwQueue();
  private final XQueue queue = XQueue.on(hw).launchConfig(new LaunchConfig(1, 1)).open();
  private final Numbered first = queue.submit(new Numbered(1));

  @Actor
  public void complete() {
    hw.finish();
  }

  @Actor
  public void submitAndAwait(ZJJ_Result result) {
    queue.submit(new Numbered(2));
    try {
      result.r1 = queue.await(first, FORGOTTEN);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Arbiter
  public void rest(ZJJ_Result result) {
    hw.finishAll();
    result.r2 = hw.launches();
    result.r3 = queue.counts().completed();
  }
}
