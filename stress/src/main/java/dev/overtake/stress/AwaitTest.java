package dev.overtake.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.stress.StressHwQueue.Numbered;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
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
   * Far above what a wake-up takes: who returns only by this was forgotten, though it then finds
   * the command finished and reports no time-out.
   */
  private static final Duration FORGOTTEN = Duration.ofSeconds(5);

  /** One may be the machine's doing, that let a thread stand still for as long. */
  private static final int ENOUGH = 2;

  /** Waiters that returned late. Once they are enough, later ones need not take as long. */
  private static final AtomicInteger LATE = new AtomicInteger();

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
    if (LATE.get() >= ENOUGH) {
      return;
    }
    long startNanos = System.nanoTime();
    try {
      boolean finished = queue.await(first, FORGOTTEN);
      boolean late = System.nanoTime() - startNanos >= FORGOTTEN.toNanos();
      result.r1 = finished && !(late && LATE.incrementAndGet() >= ENOUGH);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
