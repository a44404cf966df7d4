package dev.overtake.platform.cuda;

/** A library, NVRTC, cuBLAS, cuBLASLt or a compiled model, refused a call. */
public final class LibraryStatusException extends CudaException {
  private final int status;

  LibraryStatusException(String function, int status, String text) {
    super(function + ": " + text, null);
    this.status = status;
  }

  /** The library's own number of the status. */
  public int status() {
    return status;
  }
}
