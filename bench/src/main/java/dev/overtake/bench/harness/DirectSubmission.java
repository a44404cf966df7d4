package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Launches straight to the hardware queue, as a program does without XQueues: the baseline. A
 * failure is reported by every ticket from then on.
 */
final class DirectSubmission implements Submission {
  private final HwQueue hwQueue;
  private long lastMarker;

  // Guarded by this.
  private long completed;
  private @Nullable Throwable failure;

  DirectSubmission(HwQueue hwQueue) {
    this.hwQueue = hwQueue;
    hwQueue.attach(new Completions());
  }

  @Override
  public Ticket submit(List<? extends Command> commands) {
    commands.forEach(hwQueue::launch);
    long marker = ++lastMarker;
    hwQueue.marker(marker);
    return () -> awaitMarker(marker);
  }

  @Override
  public void close() {
    hwQueue.close();
  }

  private synchronized void awaitMarker(long marker) throws InterruptedException {
    while (completed < marker && failure == null) {
      wait();
    }
    if (failure != null) {
      throw new LoadException("a command failed on the device: " + failure, failure);
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
      fail(cause);
    }
  }
}
