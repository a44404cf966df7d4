package dev.overtake.sim.model;

import dev.overtake.core.xqueue.LaunchConfig;

/** How much of its work a queue launches ahead while it is scheduled. */
public sealed interface InFlight {
  /** Overtake's own: as much work as takes 300 us. */
  InFlight DEFAULT = new Time(300_000);

  /**
   * So many commands, as XSched has it: at most a threshold of them, of which some are known to
   * have finished only at a marker. A marker stands behind every batch of launches, and behind the
   * last command of a request, where its program synchronizes.
   */
  record Commands(LaunchConfig config) implements InFlight {}

  /**
   * So much work: a command is launched when it fits into the time with what is left of those in
   * flight, or no more than a third of the time is left of them. How long commands take is known
   * exactly, and how much of one has run.
   *
   * @param nanos 0 or more; 0 is a command at a time
   */
  record Time(long nanos) implements InFlight {
    /**
     * @throws IllegalArgumentException if the time is negative
     */
    public Time {
      Check.notNegative("the time in flight", nanos);
    }
  }
}
