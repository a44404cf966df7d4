package dev.overtake.control.daemon;

import dev.overtake.control.page.DaemonLine;

/** Tells the shims that the daemon is there: without it they open the gates that it closed. */
final class HeartbeatAgent implements Agent {
  /** Half of what is promised, so that a late wake-up breaks no promise. */
  static final long INTERVAL_NANOS = 50_000_000;

  private final DaemonLine line;
  private final int pid;
  private long dueNanos = Long.MIN_VALUE;

  HeartbeatAgent(DaemonLine line, int pid) {
    this.line = line;
    this.pid = pid;
  }

  @Override
  public int doWork(long nowNanos) {
    if (nowNanos < dueNanos) {
      return 0;
    }
    line.beat(pid, nowNanos);
    dueNanos = nowNanos + INTERVAL_NANOS;
    return 1;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }
}
