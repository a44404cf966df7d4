package dev.overtake.core.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/** A call that is expected to wait, on a thread of its own. */
public final class Background<T> {
  private static final long LIMIT_SECONDS = 10;

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(Callable<T> call) {
    task = new FutureTask<>(call);
    thread = Thread.ofPlatform().daemon().start(task);
  }

  /** Something that may throw. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** Starts the action and returns once its thread waits for something. */
  public static Background<Void> waitingIn(Action action) {
    var background = started(action);
    long deadline = System.nanoTime() + SECONDS.toNanos(LIMIT_SECONDS);
    while (background.thread.getState() != Thread.State.WAITING
        && background.thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(background.task.isDone()).as("ended instead of waiting").isFalse();
      assertThat(System.nanoTime()).as("gave up waiting").isLessThan(deadline);
      Thread.onSpinWait();
    }
    return background;
  }

  /** Starts the action. */
  public static Background<Void> started(Action action) {
    return new Background<>(
        () -> {
          action.run();
          return null;
        });
  }

  public boolean isDone() {
    return task.isDone();
  }

  public void interrupt() {
    thread.interrupt();
  }

  /** Waits for the end of the action; what it threw, or null. */
  public Throwable outcome() throws InterruptedException {
    try {
      task.get(LIMIT_SECONDS, SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      var hung = new AssertionError("still waiting after " + LIMIT_SECONDS + " s");
      hung.setStackTrace(thread.getStackTrace());
      throw hung;
    }
  }
}
