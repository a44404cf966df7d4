package dev.overtake.core.policy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A policy at work in one scheduler: remembers for it what it wants remembered, and holds nobody
 * when it fails. A policy that throws, or decides what cannot be, loses its say and not the
 * program: everything runs, somebody is told once, and it is asked again, without its memory, at
 * the next change. Not thread-safe: decisions follow one another.
 */
public final class PolicyRun {
  /** Is told of a policy's failure: once, until the policy has decided well again. */
  @FunctionalInterface
  public interface FailureListener {
    void failed(Policy policy, Throwable failure);
  }

  private final Policy policy;
  private final FailureListener listener;
  private @Nullable Object memory;
  private boolean failed;

  /** Of a policy that has not decided anything yet. */
  public PolicyRun(Policy policy, FailureListener listener) {
    this.policy = policy;
    this.listener = listener;
  }

  public Policy policy() {
    return policy;
  }

  /** What the policy decides over these queues now, or that everything may run. */
  public Decision decide(List<QueueStatus> queues, long nowNanos) {
    try {
      var snapshot = new Snapshot(queues, memory);
      Decision decision =
          Objects.requireNonNull(policy.schedule(snapshot, nowNanos), "it decided nothing");
      decision.check(snapshot, nowNanos);
      memory = decision.memory();
      failed = false;
      return decision;
    } catch (RuntimeException | Error e) {
      memory = null;
      if (!failed) {
        failed = true;
        listener.failed(policy, e);
      }
      return Decision.runAll();
    }
  }
}
