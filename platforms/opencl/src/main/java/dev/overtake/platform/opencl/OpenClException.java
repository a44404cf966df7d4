package dev.overtake.platform.opencl;

import org.jspecify.annotations.Nullable;

/** What goes wrong with OpenCL, beyond wrong use, which the JDK's own exceptions tell. */
public abstract sealed class OpenClException extends RuntimeException
    permits OpenClUnavailableException, OpenClStatusException, ProgramBuildException {
  OpenClException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
