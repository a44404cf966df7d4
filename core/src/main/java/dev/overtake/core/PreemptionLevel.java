package dev.overtake.core;

/**
 * How much of a queue's work a hardware queue can take back: the three-level hardware model of
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
