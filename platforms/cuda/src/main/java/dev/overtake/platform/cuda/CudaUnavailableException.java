package dev.overtake.platform.cuda;

import org.jspecify.annotations.Nullable;

/**
 * There is no CUDA to be had here: no driver, no device, a driver that is too old, or a library of
 * the toolkit that is not installed. The message says which, where it was looked for, and what to
 * do.
 */
public final class CudaUnavailableException extends CudaException {
  CudaUnavailableException(String message) {
    this(message, null);
  }

  CudaUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
