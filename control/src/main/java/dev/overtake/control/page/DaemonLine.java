package dev.overtake.control.page;

import dev.overtake.control.page.PageLayout.Header;

/** What the header says of the daemon and of the policy. Thread-safe. */
public final class DaemonLine {
  /** A heartbeat that is older than this is that of a dead daemon, in nanoseconds. */
  public static final long STALE_NANOS = 1_000_000_000;

  private static final long HEADER = 0;

  private final Words words;

  DaemonLine(Words words) {
    this.words = words;
  }

  /** Who wrote the last heartbeat; 0: nobody. */
  public int pid() {
    return words.u32(HEADER, Header.DAEMON_PID);
  }

  /**
   * Whether a daemon is at work.
   *
   * @param nowNanos on the page's clock
   */
  public boolean alive(long nowNanos) {
    long heartbeat = words.u64(HEADER, Header.DAEMON_HEARTBEAT);
    // One of the future is from before the machine started anew: the page is on a disk.
    return heartbeat != 0 && Math.abs(nowNanos - heartbeat) <= STALE_NANOS;
  }

  /** The daemon with this pid is at work. */
  public void beat(int pid, long nowNanos) {
    words.u32(HEADER, Header.DAEMON_PID, pid);
    words.u64(HEADER, Header.DAEMON_HEARTBEAT, nowNanos);
  }

  /** The daemon ends. */
  public void signOff() {
    words.u64(HEADER, Header.DAEMON_HEARTBEAT, 0);
    words.u32(HEADER, Header.DAEMON_PID, 0);
  }

  public PolicyMode policyMode() {
    return PolicyMode.ofCode(words.u32(HEADER, Header.POLICY_MODE));
  }

  /** The name of the policy in effect. */
  public String policyName() {
    // In a page that nobody ever set a policy in, all is zero.
    String name = words.text(HEADER, Header.POLICY_NAME);
    return name.isEmpty() ? policyMode().name() : name;
  }

  /** Floors and gates are the caller's to set right; see {@link Controls#policy}. */
  void policy(PolicyMode mode, String name) {
    // The daemon must not look for a policy that is not its own under the mode that is its own.
    if (mode == PolicyMode.DAEMON) {
      words.text(HEADER, Header.POLICY_NAME, name);
      words.u32(HEADER, Header.POLICY_MODE, mode.code());
    } else {
      words.u32(HEADER, Header.POLICY_MODE, mode.code());
      words.text(HEADER, Header.POLICY_NAME, name);
    }
  }
}
