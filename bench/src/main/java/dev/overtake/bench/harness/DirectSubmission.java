package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Launches straight to the hardware queue, as a program does without XQueues: the baseline. Of a
 * failure the hardware queue does not say whose it is: every ticket from then on reports it.
 */
public final class DirectSubmission implements Submission {
  private final HwQueue hwQueue;
  private long lastMarker;

  // Guarded by this.
  private long completed;
  private boolean lost;
  private @Nullable Throwable failure;

  public DirectSubmission(HwQueue hwQueue) {
    this.hwQueue = hwQueue;
    hwQueue.attach(new Completions());
  }

  @Override
  public Ticket submit(List<? extends Command> commands) {
    long marker = ++lastMarker;
    try {
      commands.forEach(hwQueue::launch);
      hwQueue.marker(marker);
    } catch (DeviceLostException e) {
      // What was launched may still be running: the listener hears when that is over.
    }
    return () -> awaitMarker(marker);
  }

  @Override
  public void close() {
    hwQueue.close();
  }

  private synchronized void awaitMarker(long marker) throws InterruptedException {
    // Also after a failure: the commands behind it run, on tensors that the waiter would release.
    while (completed < marker && !lost) {
      wait();
    }
    if (failure != null) {
      throw new LoadException(
          "a command failed on the device: "
              + Objects.requireNonNullElse(failure.getMessage(), failure.toString()),
          failure);
    }
  }

  private synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  private final class Completions implements HwQueue.Listener {
    @Override
    public void completed(long marker) {
      synchronized (DirectSubmission.this) {
        completed = Math.max(completed, marker);
        DirectSubmission.this.notifyAll();
      }
    }

    @Override
    public void failed(Command command, Throwable cause) {
      fail(cause);
    }

    @Override
    public void lost(Throwable cause) {
      synchronized (DirectSubmission.this) {
        lost = true;
        fail(cause);
      }
    }
  }
}
