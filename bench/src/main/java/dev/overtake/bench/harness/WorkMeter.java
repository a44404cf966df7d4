package dev.overtake.bench.harness;

/**
 * How much work a batch side completes, and in what time: between the first and the last moment
 * within the measured time at which it completed something. It completes several passes or commands
 * at once, which may be a large part of all: counted over the whole time they would make the rate
 * wrong by as much. Thread-safe.
 */
public final class WorkMeter {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double unitsPerPass;

  // Under this.
  private boolean measuring;
  private boolean begun;
  private long firstNanos;
  private long lastNanos;
  private long units;

  /**
   * @param unitsPerPass what {@link #completed} counts, commands perhaps, in one pass
   */
  public WorkMeter(double unitsPerPass) {
    this.unitsPerPass = unitsPerPass;
  }

  /** From now on what is completed counts. */
  public synchronized void begin() {
    measuring = true;
  }

  /**
   * Something was completed.
   *
   * @param more units since the last call
   * @param nanos when, by {@link System#nanoTime}
   */
  public synchronized void completed(long more, long nanos) {
    if (!measuring) {
      return;
    }
    if (begun) {
      units += more;
      lastNanos = Math.max(lastNanos, nanos);
    } else {
      begun = true; // What ends here was begun before.
      firstNanos = nanos;
      lastNanos = nanos;
    }
  }

  /** What was completed until now; what comes later does not count. */
  public synchronized BatchSide.Work end() {
    measuring = false;
    return new BatchSide.Work(units / unitsPerPass, (lastNanos - firstNanos) / NANOS_PER_SECOND);
  }
}
