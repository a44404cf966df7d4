package dev.overtake.core.scheduler;

import dev.overtake.core.policy.QueueStatus;

/**
 * The side of a queue that its scheduler sees. Safe for use by any thread; no method throws, or
 * blocks longer than it takes the hardware to accept what it is told.
 */
public interface Schedulable {
  /** The queue as it is now. */
  QueueStatus status();

  /** Stops the queue as far as its preemption level reaches. Does nothing if it is held. */
  void hold();

  /** Undoes {@link #hold}. Does nothing if the queue is not held. */
  void release();
}
