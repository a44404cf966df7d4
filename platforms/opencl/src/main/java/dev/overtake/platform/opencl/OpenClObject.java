package dev.overtake.platform.opencl;

import dev.overtake.platform.opencl.OpenCl.Kind;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An object of OpenCL's, which the driver keeps for as long as somebody refers to it. Closing it
 * gives up our reference: it lives until the last submitted command that uses it has finished, and
 * is no longer to be had for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public abstract sealed class OpenClObject implements AutoCloseable
    permits OpenClContext, OpenClQueue, OpenClProgram, OpenClKernel, OpenClBuffer {
  private final Kind kind;
  private final long handle;
  private final AtomicBoolean closed = new AtomicBoolean();

  OpenClObject(Kind kind, long handle) {
    this.kind = kind;
    this.handle = handle;
  }

  /**
   * The cl_context, cl_command_queue and so on, for libraries that take one.
   *
   * @throws IllegalStateException if it is closed
   */
  public final long handle() {
    if (closed.get()) {
      throw new IllegalStateException(this + " is closed");
    }
    return handle;
  }

  /** The same for whoever has retained it. */
  final long retained() {
    return handle;
  }

  /**
   * Keeps it alive until {@link #release}.
   *
   * @throws IllegalStateException if it is closed
   */
  final void retain() {
    OpenCl.retain(kind, handle());
  }

  final void release() {
    OpenCl.release(kind, handle);
  }

  @Override
  public final void close() {
    if (!closed.getAndSet(true)) {
      release();
    }
  }
}
