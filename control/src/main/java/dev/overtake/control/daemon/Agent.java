package dev.overtake.control.daemon;

/**
 * One of the daemon's jobs, done in steps that never wait. Not thread-safe: one thread drives it.
 */
interface Agent {
  /** No step is due until somebody rings. */
  long NEVER = Long.MAX_VALUE;

  /**
   * Does what there is to do now.
   *
   * @param nowNanos on the page's clock; never less than in the step before
   * @return how much was done; 0: nothing
   */
  int doWork(long nowNanos);

  /** When the next step is due even if nobody rings, on the same clock, or {@link #NEVER}. */
  long dueNanos();
}
