package dev.overtake.sim.trace;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A trace cannot be read. The message is one line that names the file, the line and what is wrong.
 */
public final class TraceException extends IOException {
  private static final long serialVersionUID = 1;

  TraceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
