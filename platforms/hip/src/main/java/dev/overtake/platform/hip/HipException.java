package dev.overtake.platform.hip;

import org.jspecify.annotations.Nullable;

/** What goes wrong with a HIP device, beyond wrong use, which the JDK's own exceptions tell. */
public abstract sealed class HipException extends RuntimeException
    permits HipUnavailableException,
        HipStatusException,
        HipLibraryException,
        KernelCompilationException {
  HipException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
