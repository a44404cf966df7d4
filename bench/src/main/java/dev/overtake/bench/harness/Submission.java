package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import java.util.List;

/** One client's way to the device. A client uses it from one thread. */
interface Submission extends AutoCloseable {
  /** The end of what was submitted together. Any thread may await it. */
  interface Ticket {
    /**
     * Waits for the end of the commands.
     *
     * @throws dev.overtake.core.xqueue.OvertakeException if one of them failed
     */
    void await() throws InterruptedException;
  }

  /** Submits commands that belong together, in this order, and does not wait for them. */
  Ticket submit(List<? extends Command> commands);

  @Override
  void close();
}
