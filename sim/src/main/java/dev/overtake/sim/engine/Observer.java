package dev.overtake.sim.engine;

import dev.overtake.core.policy.Policy;

/**
 * Is told of all that happens, in its order, warm-up included. Unless it is overridden, a method
 * does nothing, but for {@link #policyFailed}. Times are virtual. Machines are simulated one after
 * the other, so time begins anew with each.
 */
public interface Observer {
  /** Does not look. */
  Observer NONE = new Observer() {};

  /** A client came, and its queue with it. */
  default void attached(QueueIdentity queue, long nowNanos) {}

  /** A client that was to leave has finished what it had. */
  default void detached(QueueIdentity queue, long nowNanos) {}

  default void requestDue(QueueIdentity queue, long nowNanos) {}

  default void requestFinished(QueueIdentity queue, long dueNanos, long nowNanos) {}

  /** The queue has unfinished commands, and had none. */
  default void ready(QueueIdentity queue, long nowNanos) {}

  default void idle(QueueIdentity queue, long nowNanos) {}

  /** The policy holds the queue, and did not. */
  default void held(QueueIdentity queue, long nowNanos) {}

  default void released(QueueIdentity queue, long nowNanos) {}

  default void commandLaunched(QueueIdentity queue, long nowNanos) {}

  /**
   * An engine takes a command, for the first time or again.
   *
   * @param handOverNanos what it loses before, since it comes from another queue
   */
  default void commandStarted(QueueIdentity queue, int engine, long handOverNanos, long nowNanos) {}

  default void commandFinished(QueueIdentity queue, int engine, long nowNanos) {}

  /**
   * An engine leaves a command before its end.
   *
   * @param remainingNanos what it still has to run
   */
  default void commandInterrupted(
      QueueIdentity queue, int engine, long remainingNanos, long nowNanos) {}

  /**
   * The policy threw, or decided what cannot be. Unless this throws, everything runs, and the
   * policy is asked again, without its memory, at the next change; it is told once, until the
   * policy has decided well again.
   *
   * @throws IllegalStateException unless it is overridden: what a policy gets wrong shall be seen,
   *     and not simulated
   */
  default void policyFailed(Policy policy, Throwable failure) {
    throw new IllegalStateException(
        "policy " + policy.name() + " failed: " + failure.getMessage(), failure);
  }
}
