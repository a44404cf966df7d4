package dev.overtake.control.daemon;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.Snapshot;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A policy of somebody's own, which may not return: it decides on a thread of its own, and fails
 * when it takes too long. Whoever waits for it goes on then, as after any failure, and it is not
 * asked again until it has returned; what it decided so late is not looked at. Its thread cannot be
 * stopped, and keeps a processor busy if it computes.
 *
 * <p>For one thread that asks. The policies that come with Overtake do without: this costs two
 * changes of thread a decision.
 */
final class PromptPolicy implements Policy {
  /** Well below the second after which a daemon that is silent counts as dead. */
  static final long PATIENCE_NANOS = 200_000_000;

  private final Policy policy;
  private final long patienceNanos;
  private final ExecutorService thread;
  private @Nullable Future<Decision> asked;

  PromptPolicy(Policy policy, long patienceNanos) {
    this.policy = policy;
    this.patienceNanos = patienceNanos;
    thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("overtake-policy-" + policy.name()).factory());
  }

  @Override
  public String name() {
    return policy.name();
  }

  /**
   * @throws IllegalStateException if it takes too long, or still does
   */
  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    if (asked != null && !asked.isDone()) {
      throw new IllegalStateException("it still does not return");
    }
    asked = thread.submit(() -> policy.schedule(snapshot, nowNanos));
    try {
      return asked.get(patienceNanos, NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "it did not decide within %d ms".formatted(NANOSECONDS.toMillis(patienceNanos)), e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the wait for it was interrupted", e);
    }
  }

  /** What it threw, as if it had been called here. */
  private static RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      case null, default -> new IllegalStateException(cause);
    };
  }
}
