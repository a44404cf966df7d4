package dev.overtake.sim.engine;

import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.sim.model.InFlight;

/**
 * Whether a queue may launch one more command, and behind which of them a completion marker stands.
 * Each queue has one of its own.
 */
sealed interface LaunchRule {
  /** Of a queue that is scheduled. */
  static LaunchRule of(InFlight bound) {
    return switch (bound) {
      case InFlight.Commands(LaunchConfig config) -> new Counted(config);
      case InFlight.Time(long nanos) -> new Timed(nanos);
    };
  }

  /** Of a queue that is not. */
  static LaunchRule unbounded() {
    return new Timed(Timers.NEVER);
  }

  /**
   * When the next command may be launched, if nothing but time changes.
   *
   * @param inFlightNanos what the commands in flight still have to run
   * @param running whether the oldest of them runs
   * @return now, or later, or {@link Timers#NEVER}
   */
  long launchNanos(long inFlightNanos, boolean running, long now);

  /** A command is launched; returns whether a marker stands behind it. */
  boolean launched(boolean lastOfRequest);

  /**
   * The oldest command is finished.
   *
   * @param marked whether a marker stands behind it
   * @return whether one has to be placed behind the command launched last
   */
  boolean finished(boolean marked);

  /** By time: all that is in flight is known. */
  record Timed(long boundNanos) implements LaunchRule {
    @Override
    public long launchNanos(long inFlightNanos, boolean running, long now) {
      if (inFlightNanos <= boundNanos) {
        return now;
      }
      return running ? now + inFlightNanos - boundNanos : Timers.NEVER;
    }

    @Override
    public boolean launched(boolean lastOfRequest) {
      return true;
    }

    @Override
    public boolean finished(boolean marked) {
      return false;
    }
  }

  /** By number, as {@code LaunchWorker} in core does it: a marker is outstanding at all times. */
  final class Counted implements LaunchRule {
    private final LaunchConfig config;
    private long launched;
    private long marked;
    private long finished;

    /** Up to where commands are known to have finished. */
    private long retired;

    private Counted(LaunchConfig config) {
      this.config = config;
    }

    @Override
    public long launchNanos(long inFlightNanos, boolean running, long now) {
      return launched - retired < config.thresholdCommands() ? now : Timers.NEVER;
    }

    @Override
    public boolean launched(boolean lastOfRequest) {
      launched++;
      boolean mark =
          lastOfRequest || marked == retired || launched - marked >= config.batchCommands();
      if (mark) {
        marked = launched;
      }
      return mark;
    }

    @Override
    public boolean finished(boolean wasMarked) {
      finished++;
      if (!wasMarked) {
        return false;
      }
      retired = finished;
      if (marked != retired || launched == marked) {
        return false;
      }
      marked = launched;
      return true;
    }
  }
}
