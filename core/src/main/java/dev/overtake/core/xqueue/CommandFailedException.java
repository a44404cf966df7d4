package dev.overtake.core.xqueue;

import org.jspecify.annotations.Nullable;

/** A command ended with an error, which is the {@linkplain #getCause() cause}. */
public final class CommandFailedException extends OvertakeException {
  CommandFailedException(String queue, @Nullable Throwable cause) {
    super("a command of queue " + queue + " failed: " + reason(cause), cause);
  }

  private static @Nullable String reason(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
  }
}
