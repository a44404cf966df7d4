package dev.overtake.platform.opencl;

/** There is no OpenCL to be had here: no ICD loader, no driver, or no device. */
public final class OpenClUnavailableException extends OpenClException {
  OpenClUnavailableException(String message) {
    super(message, null);
  }
}
