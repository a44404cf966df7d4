package dev.overtake.sim.engine;

import org.jspecify.annotations.Nullable;

/** What runs one command at a time. Only its device touches it. */
final class Engine {
  final int index;

  /** When the running command is finished. */
  final Timers.Timer finish;

  /** When the running queue's turn is over, if others wait for theirs. */
  final Timers.Timer turnEnd;

  /** Whose command runs. */
  @Nullable SimulatedQueue running;

  /** Whose command ran last, or runs. */
  @Nullable SimulatedQueue last;

  /** When it took the running command. */
  long takenNanos;

  /** When the running command began, after the hand-over. */
  long begunNanos;

  /** When the running queue's turn began. */
  long turnNanos;

  Engine(int index, Timers timers, SimulatedDevice device) {
    this.index = index;
    finish = timers.make(now -> device.finished(this, now));
    turnEnd = timers.make(now -> device.turnEnded(this, now));
  }

  boolean isFree() {
    return running == null;
  }
}
