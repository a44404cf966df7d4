package dev.overtake.core.xqueue;

/**
 * How much of a queue's work can be taken back from the hardware: the three-level hardware model of
 * XSched (OSDI'25, section 4.2). Each level includes those below it.
 */
public enum PreemptionLevel {
  /** Block pending commands: what has been launched runs to its end. */
  L1,
  /** Also deactivate in-flight commands: what was launched but has not started waits. */
  L2,
  /** Also interrupt the running command, and later restore it. */
  L3
}
