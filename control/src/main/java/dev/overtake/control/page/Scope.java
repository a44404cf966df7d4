package dev.overtake.control.page;

/** What one queue covers. */
public enum Scope {
  PROCESS(PageLayout.SCOPE_PROCESS),
  THREAD(PageLayout.SCOPE_THREAD),
  STREAM(PageLayout.SCOPE_STREAM);

  private final int code;

  Scope(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** A code that is none of ours is taken for a process, which is what most are. */
  static Scope ofCode(int code) {
    for (Scope scope : values()) {
      if (scope.code == code) {
        return scope;
      }
    }
    return PROCESS;
  }
}
