package dev.overtake.driver;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue.Listener;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the listener of one queue is told: that commands have failed before that they have ended,
 * and once that the device is lost. Called without the queue's lock, since a listener may call the
 * queue.
 *
 * <p>Thread-safe.
 */
final class StreamReports implements FailureReport {
  private record Failure(Command command, Throwable cause) {}

  private final AtomicReference<@Nullable Listener> listener = new AtomicReference<>();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean lossTold = new AtomicBoolean();

  /** Returns false if there is a listener already. */
  boolean attach(Listener listener) {
    return this.listener.compareAndSet(null, listener);
  }

  boolean isAttached() {
    return listener.get() != null;
  }

  /** Told with what comes next. */
  @Override
  public void failed(Command command, Throwable cause) {
    failures.add(new Failure(command, cause));
  }

  /**
   * @param number of the newest marker that the device has come to; 0 for none
   */
  void completed(long number) {
    Listener told = told();
    tellFailures(told);
    if (number != 0) {
      told.completed(number);
    }
  }

  /** Does nothing the second time. */
  void lost(Throwable cause) {
    if (!lossTold.getAndSet(true)) {
      Listener told = told();
      tellFailures(told);
      told.lost(cause);
    }
  }

  /** Whether the listener has heard of the loss, or is about to. */
  boolean isLossTold() {
    return lossTold.get();
  }

  private void tellFailures(Listener told) {
    for (Failure failure = failures.poll(); failure != null; failure = failures.poll()) {
      told.failed(failure.command(), failure.cause());
    }
  }

  /** Nothing is launched before there is one. */
  private Listener told() {
    return Objects.requireNonNull(listener.get());
  }
}
