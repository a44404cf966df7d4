package dev.overtake.platform.hip;

/** hipRTC or hipBLAS refused a call. */
public final class HipLibraryException extends HipException {
  private final int status;

  HipLibraryException(String function, int status, String text) {
    super(function + ": " + text, null);
    this.status = status;
  }

  /** The library's own number of the status. */
  public int status() {
    return status;
  }
}
