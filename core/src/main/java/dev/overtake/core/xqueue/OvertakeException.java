package dev.overtake.core.xqueue;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a queue while it runs; wrong use is told by the JDK's own exceptions. */
public abstract sealed class OvertakeException extends RuntimeException
    permits CommandFailedException, CommandDroppedException, DeviceLostException {
  OvertakeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
