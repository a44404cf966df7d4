package dev.overtake.sim.model;

/** In which order a device takes the commands that several queues have launched. */
public sealed interface Sharing {
  /** In the order in which they were launched, as from threads that share a stream. */
  record Fifo() implements Sharing {}

  /** The queues take turns, a command each, as streams of one process do. */
  record CommandTurns() implements Sharing {}

  /**
   * The queues take turns, each for a time, as processes on a GPU do. A command that runs when its
   * queue's time is over goes on in the queue's next turn. A queue that has nothing more to run
   * ends its turn.
   *
   * @param sliceNanos above 0
   */
  record TimeSlices(long sliceNanos) implements Sharing {
    /**
     * @throws IllegalArgumentException if the slice is 0 or less
     */
    public TimeSlices {
      Check.positive("a time slice in ns", sliceNanos);
    }
  }
}
