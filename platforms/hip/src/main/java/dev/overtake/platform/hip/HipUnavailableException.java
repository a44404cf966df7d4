package dev.overtake.platform.hip;

import org.jspecify.annotations.Nullable;

/**
 * There is no HIP to be had here: no runtime, no device, a runtime that is too old, or a library of
 * ROCm that is not installed. The message says which, where it was looked for, and what to do.
 */
public final class HipUnavailableException extends HipException {
  HipUnavailableException(String message) {
    this(message, null);
  }

  HipUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
