package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import java.util.List;

/** One client's way to the device. A client uses it from one thread. */
public interface Submission extends AutoCloseable {
  /** The end of what was submitted together. Any thread may await it. */
  interface Ticket {
    /**
     * Waits for the end of the commands, whichever: when it has returned, or has thrown one of the
     * exceptions below, none of them runs or will.
     *
     * @throws dev.overtake.core.xqueue.OvertakeException if one of them failed
     * @throws LoadException likewise
     */
    void await() throws InterruptedException;
  }

  /**
   * Submits commands that belong together, in this order, and does not wait for them. If the device
   * is lost, the ticket says so.
   */
  Ticket submit(List<? extends Command> commands);

  /** The trial is over: what has not begun on the device need not run. */
  default void giveUp() {}

  @Override
  void close();
}
