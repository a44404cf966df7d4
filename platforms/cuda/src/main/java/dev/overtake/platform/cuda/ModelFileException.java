package dev.overtake.platform.cuda;

import org.jspecify.annotations.Nullable;

/**
 * A file is no model that this device can run. The message names the file, and says what was found
 * in it and what to do.
 */
public final class ModelFileException extends CudaException {
  ModelFileException(String message) {
    this(message, null);
  }

  ModelFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
