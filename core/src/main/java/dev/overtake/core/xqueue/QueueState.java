package dev.overtake.core.xqueue;

/** Whether a queue has something to do. Being suspended is a different question. */
public enum QueueState {
  /** Every command that was submitted has finished. */
  IDLE,
  /** There are unfinished commands, pending or in flight. */
  READY,
  /** The device went away under the queue; its commands failed and it takes no more. */
  LOST,
  /** Closed by its owner; takes no more commands. */
  CLOSED
}
