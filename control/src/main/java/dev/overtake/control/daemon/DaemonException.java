package dev.overtake.control.daemon;

import java.io.IOException;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The daemon cannot start, or is not to be reached. The message is one line that says what to do.
 */
public final class DaemonException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean wrongRequest;

  DaemonException(String message, @Nullable Throwable cause) {
    super(message, cause);
    wrongRequest = false;
  }

  private DaemonException(String message, boolean wrongRequest) {
    super(message);
    this.wrongRequest = wrongRequest;
  }

  /**
   * The daemon answered with this HTTP status, of a failure.
   *
   * @param message what it said
   */
  static DaemonException refused(int status, String message) {
    return new DaemonException(message, status == HttpURLConnection.HTTP_BAD_REQUEST);
  }

  /** Whether it was asked for what cannot be, so that asking again changes nothing. */
  public boolean isWrongRequest() {
    return wrongRequest;
  }
}
