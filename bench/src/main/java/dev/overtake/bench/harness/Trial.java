package dev.overtake.bench.harness;

import dev.overtake.bench.result.ScheduledQueue;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One way of sharing, measured once: load for some seconds, and the end. Requests that are due
 * within the measured time are waited for a while after it, with the low side still running; then
 * whatever is left is given up.
 */
final class Trial {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double GRACE_SECONDS = 10;

  /** How often progress is reported while a trial runs. */
  private static final double TICK_SECONDS = 0.25;

  /**
   * What was measured.
   *
   * @param seconds for how long; less than asked if the trial was stopped
   * @param high null if the high side did not run
   * @param low what the low side completed in that time
   * @param lowQueue see {@link BatchSide#queue}
   * @param said see {@link Testbed.Setup#said}
   */
  record Result(
      double seconds,
      OpenLoopClient.@Nullable Recording high,
      BatchSide.Work low,
      @Nullable ScheduledQueue lowQueue,
      List<String> said) {}

  private final Testbed.Setup setup;
  private final @Nullable OpenLoopClient high;
  private final @Nullable BatchSide low;

  private Trial(Testbed.Setup setup, long[] dueNanos, long spinNanos) {
    this.setup = setup;
    Requests requests = setup.requests();
    high = requests == null ? null : new OpenLoopClient(requests, dueNanos, spinNanos);
    low = setup.batch();
  }

  /**
   * Runs one trial.
   *
   * @param dueNanos when the high side's requests are due, from the begin of measuring; those below
   *     0 are due while the trial warms up, and do not count
   * @param seconds how long to measure
   * @param ticks told, as time goes on, the seconds measured so far
   * @return null if the signal was raised before measuring began
   * @throws LoadException if a side failed; the trial ends at once
   */
  static @Nullable Result run(
      Testbed testbed,
      Sharing sharing,
      long[] dueNanos,
      double seconds,
      StopSignal stop,
      DoubleConsumer ticks)
      throws InterruptedException {
    var trial = new Trial(testbed.setUp(sharing), dueNanos, testbed.spinNanos());
    try {
      return trial.measure(testbed.warmUpSeconds(), seconds, stop, ticks);
    } finally {
      trial.end();
    }
  }

  private @Nullable Result measure(
      double warmUpSeconds, double seconds, StopSignal stop, DoubleConsumer ticks)
      throws InterruptedException {
    long start = System.nanoTime() + nanos(warmUpSeconds);
    if (low != null) {
      low.start();
    }
    if (high != null) {
      high.start(start);
    }
    if (stop.await(start - System.nanoTime())) {
      return null;
    }
    if (low != null) {
      low.beginMeasuring();
    }
    double elapsed = 0;
    while (elapsed < seconds
        && !hasFailed()
        && !stop.await(nanos(Math.min(TICK_SECONDS, seconds - elapsed)))) {
      elapsed = (System.nanoTime() - start) / NANOS_PER_SECOND;
      ticks.accept(Math.min(elapsed, seconds));
    }
    double measured = (System.nanoTime() - start) / NANOS_PER_SECOND;
    BatchSide.Work work = low == null ? BatchSide.Work.NONE : low.measured();
    ScheduledQueue queue = low == null ? null : low.queue();
    OpenLoopClient.Recording recording = high == null ? null : finish(high, stop);
    return new Result(measured, recording, work, queue, setup.said());
  }

  private OpenLoopClient.Recording finish(OpenLoopClient client, StopSignal stop)
      throws InterruptedException {
    client.stop();
    boolean all = false;
    for (double waited = 0; !all && waited < GRACE_SECONDS; waited += TICK_SECONDS) {
      all = client.awaitAnswers(nanos(TICK_SECONDS));
      if (stop.isRaised()) {
        break;
      }
    }
    if (!all) {
      giveUp();
    }
    return client.end();
  }

  /** Tells everyone that failures are to be expected, and that it is over. */
  private void giveUp() {
    if (high != null) {
      high.expectEnd();
    }
    if (low != null) {
      low.expectEnd();
    }
    setup.giveUp();
  }

  private void end() throws InterruptedException {
    giveUp();
    // Both end before one may throw: what they work on will be closed after this.
    if (high != null) {
      high.join();
    }
    if (low != null) {
      low.join();
    }
    setup.close();
    if (high != null) {
      var _ = high.end();
    }
    if (low != null) {
      low.end();
    }
  }

  private boolean hasFailed() {
    return (high != null && high.hasFailed()) || (low != null && low.hasFailed());
  }

  private static long nanos(double seconds) {
    return (long) (seconds * NANOS_PER_SECOND);
  }
}
