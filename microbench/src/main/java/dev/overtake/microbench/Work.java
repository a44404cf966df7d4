package dev.overtake.microbench;

import dev.overtake.platform.host.HostCommand;

/**
 * A fixed amount of arithmetic, the same every time, and a stopwatch of the time between two runs.
 * Confined to one thread at a time.
 */
final class Work implements HostCommand.Work {
  private static final int TRIALS = 200;

  private final long steps;
  private long state = 1;
  private long runs;
  private long endedNanos;
  private long betweenNanos;

  private Work(long steps) {
    this.steps = steps;
  }

  /**
   * Work that takes this long on this machine when nothing disturbs it: by the fastest of many
   * trials, since a disturbed one says nothing of the work.
   */
  static Work calibrated(long nanos) {
    long steps = 100_000;
    for (int round = 0; round < 3; round++) { // The first rounds also compile the loop.
      steps = Math.max(1, steps * nanos / fastestNanos(new Work(steps)));
    }
    return new Work(steps);
  }

  private static long fastestNanos(Work work) {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < TRIALS; i++) {
      long begun = System.nanoTime();
      work.run();
      fastest = Math.min(fastest, System.nanoTime() - begun);
    }
    return fastest;
  }

  /** Forgets all earlier runs. */
  void restartWatch() {
    runs = 0;
    betweenNanos = 0;
  }

  /** Time from the end of a run to the begin of the next one, on average since the restart. */
  double meanGapNanos() {
    return (double) betweenNanos / (runs - 1);
  }

  @Override
  public void run() {
    if (runs++ > 0) {
      betweenNanos += System.nanoTime() - endedNanos;
    }
    long x = state;
    for (long i = 0; i < steps; i++) { // Xorshift: each step needs the one before it.
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    state = x;
    endedNanos = System.nanoTime();
  }
}
