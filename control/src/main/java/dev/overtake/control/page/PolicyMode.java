package dev.overtake.control.page;

/** Who decides which queues may run. */
public enum PolicyMode {
  /** The shims themselves, highest priority first, through the floors. */
  HPF(PageLayout.POLICY_HPF),
  /** The daemon, by opening and closing gates. */
  DAEMON(PageLayout.POLICY_DAEMON),
  /** Nobody: everything runs. */
  NONE(PageLayout.POLICY_NONE);

  private final int code;

  PolicyMode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** A code that is none of ours holds nobody. */
  static PolicyMode ofCode(int code) {
    for (PolicyMode mode : values()) {
      if (mode.code == code) {
        return mode;
      }
    }
    return NONE;
  }
}
