package dev.overtake.platform.cuda;

import org.jspecify.annotations.Nullable;

/**
 * Tensors on their way from one command to the next of a pass. The next may be dropped before or
 * after the first was launched: then they are freed here.
 *
 * <p>Thread-safe.
 */
final class TensorHandOver implements AutoCloseable {
  private long @Nullable [] tensors;
  private boolean closed;

  /** Takes them over. */
  synchronized void put(long[] tensors) {
    if (closed) {
      Aoti.deleteTensors(tensors);
    } else {
      this.tensors = tensors;
    }
  }

  /**
   * Gives them away.
   *
   * @throws IllegalStateException if there are none: the command before failed
   */
  synchronized long[] take() {
    long[] taken = tensors;
    if (taken == null) {
      throw new IllegalStateException(
          "the command before has left nothing to work on: it failed, or was not launched");
    }
    tensors = null;
    return taken;
  }

  /** Nobody takes them any more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (tensors != null) {
      Aoti.deleteTensors(tensors);
      tensors = null;
    }
  }
}
