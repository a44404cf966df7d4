package dev.overtake.core.xqueue;

/** What {@link XQueue#resume(ResumeFlag)} does beyond letting the queue go on. */
public enum ResumeFlag {
  /** Drop every pending command first. What is in flight stays and finishes. */
  DROP_PENDING
}
