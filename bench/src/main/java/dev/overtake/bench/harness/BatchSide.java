package dev.overtake.bench.harness;

import dev.overtake.bench.result.ScheduledQueue;
import org.jspecify.annotations.Nullable;

/**
 * The batch side of one trial: starts, works until it is told to end, and counts what it does. A
 * failure is kept for {@link #end}.
 */
public interface BatchSide {
  /**
   * Work that was completed.
   *
   * @param iterations passes through the model, not always whole ones
   * @param seconds in which; 0 if nothing can be said, since nothing was seen to be completed twice
   */
  record Work(double iterations, double seconds) {
    /** Of a trial without a batch side. */
    public static final Work NONE = new Work(0, 0);
  }

  /** Begins to work. */
  void start();

  /** From this moment on, {@link #measured} counts. */
  void beginMeasuring();

  /** What was completed since {@link #beginMeasuring}. */
  Work measured();

  /**
   * The queue that its commands went through in the time that {@link #measured} counted; null if it
   * has none, or nobody can tell.
   */
  default @Nullable ScheduledQueue queue() {
    return null;
  }

  /** Whether it failed while the trial was going on; {@link #end} then throws. */
  boolean hasFailed();

  /** Begins nothing new; what fails from now on was cut off by the trial's end. */
  void expectEnd();

  /** Waits until nothing of it runs any more, and throws nothing that went wrong. */
  void join() throws InterruptedException;

  /**
   * Waits, as {@link #join} does.
   *
   * @throws LoadException if it failed while the trial was going on
   */
  void end() throws InterruptedException;
}
