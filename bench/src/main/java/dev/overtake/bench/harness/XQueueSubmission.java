package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.XQueue;
import java.util.List;

/** Submits to an XQueue. */
record XQueueSubmission(XQueue queue) implements Submission {
  @Override
  public Ticket submit(List<? extends Command> commands) {
    commands.forEach(queue::submit);
    return () -> {
      // In the order in which they end; the last alone would hide the failure of an earlier one.
      for (Command command : commands) {
        queue.await(command);
      }
    };
  }

  @Override
  public void close() {
    queue.close();
  }
}
