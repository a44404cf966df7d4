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

  /** Nothing may be launched before a command is finished. */
  long FULL = -1;

  /** However long what is in flight may still have to run. */
  long UNLIMITED = Long.MAX_VALUE;

  /**
   * What the commands in flight may still have to run, in nanoseconds, when the next one is
   * launched; or {@link #FULL}, or {@link #UNLIMITED}.
   *
   * @param nextNanos how long the next command takes
   */
  long roomNanos(long nextNanos);

  /** The launch of a command begins, and with it the command has its place. */
  default void launching() {}

  /** A command is launched; returns whether a marker stands behind it. */
  boolean launched(boolean lastOfRequest);

  /**
   * The oldest command is finished.
   *
   * @param marked whether a marker stands behind it
   * @return whether one has to be placed behind the command launched last
   */
  boolean finished(boolean marked);

  /** By time, as {@code pace.c} in the shim does it; here all that is in flight is known. */
  record Timed(long boundNanos) implements LaunchRule {
    @Override
    public long roomNanos(long nextNanos) {
      // One longer than the bound must begin some time: a third of it is enough to launch one.
      return Math.max(boundNanos / 3, boundNanos - nextNanos);
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

  /** Of a queue that is not scheduled: as much as its hardware queue takes. */
  record Unscheduled(HardwareQueue hardware, SimulatedQueue queue) implements LaunchRule {
    @Override
    public long roomNanos(long nextNanos) {
      return hardware.hasPlaceFor(queue) ? UNLIMITED : FULL;
    }

    @Override
    public void launching() {
      hardware.take(queue);
    }

    @Override
    public boolean launched(boolean lastOfRequest) {
      return true;
    }

    @Override
    public boolean finished(boolean marked) {
      hardware.leave();
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
    public long roomNanos(long nextNanos) {
      return launched - retired < config.thresholdCommands() ? UNLIMITED : FULL;
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
