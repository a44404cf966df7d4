package dev.overtake.platform.cuda;

import org.jspecify.annotations.Nullable;

/** What goes wrong with a CUDA device, beyond wrong use, which the JDK's own exceptions tell. */
public abstract sealed class CudaException extends RuntimeException
    permits CudaUnavailableException,
        CudaStatusException,
        LibraryStatusException,
        ModelFileException,
        KernelCompilationException {
  CudaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
