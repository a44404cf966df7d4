package dev.overtake.control.daemon;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The daemon cannot start, or is not to be reached. The message is one line that says what to do.
 */
public final class DaemonException extends IOException {
  private static final long serialVersionUID = 1;

  DaemonException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
