package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.OvertakeException;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.List;

/** Submits to an XQueue. */
record XQueueSubmission(XQueue queue) implements Submission {
  @Override
  public Ticket submit(List<? extends Command> commands) {
    try {
      queue.submitAll(commands);
    } catch (DeviceLostException e) {
      // By now the queue has failed what it took, and nothing of it runs.
      return () -> {
        throw e;
      };
    }
    return () -> awaitEach(commands);
  }

  /**
   * The last alone would hide the failure of an earlier one. From the last to the first, so that
   * the waiter wakes once; the first failure is told.
   */
  private void awaitEach(List<? extends Command> commands) throws InterruptedException {
    OvertakeException failure = null;
    for (Command command : commands.reversed()) {
      try {
        queue.await(command);
      } catch (OvertakeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void giveUp() {
    queue.resume(ResumeFlag.DROP_PENDING);
  }

  @Override
  public void close() {
    queue.close();
  }
}
