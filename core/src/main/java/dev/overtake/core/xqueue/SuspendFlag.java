package dev.overtake.core.xqueue;

/** What {@link XQueue#suspend(SuspendFlag)} does beyond stopping the queue. */
public enum SuspendFlag {
  /** Return only when nothing of the queue executes, nor will before it is resumed. */
  SYNCHRONIZE
}
