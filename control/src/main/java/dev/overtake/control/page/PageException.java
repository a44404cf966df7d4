package dev.overtake.control.page;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The control page cannot be used. The message is one line that names the file, what was found
 * there, and what to do.
 */
public final class PageException extends IOException {
  private static final long serialVersionUID = 1;

  PageException(String message) {
    this(message, null);
  }

  PageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
