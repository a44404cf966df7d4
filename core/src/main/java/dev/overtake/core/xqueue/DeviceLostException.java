package dev.overtake.core.xqueue;

import org.jspecify.annotations.Nullable;

/** The device went away under a queue: it was closed, or its driver gave up. */
public final class DeviceLostException extends OvertakeException {
  /** For platforms, which know best what happened and what to do. */
  public DeviceLostException(String message) {
    this(message, null);
  }

  DeviceLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
