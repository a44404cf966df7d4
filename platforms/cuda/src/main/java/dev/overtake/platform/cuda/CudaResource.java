package dev.overtake.platform.cuda;

import dev.overtake.driver.Lifetime;

/**
 * Something on a device that commands use. Closing it while submitted commands use it is allowed:
 * it then lives until the last of them has finished. It is no longer to be had for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public abstract sealed class CudaResource implements AutoCloseable
    permits AotiModel,
        CudaEvent,
        CudaGraph,
        CudaModule,
        CudaStream,
        DeviceBuffer,
        HostBuffer,
        MatrixLibrary {
  private final Lifetime lifetime =
      new Lifetime(this, this::freeNow, action -> context().later(action));

  CudaResource() {}

  /** The context that it belongs to. */
  public abstract CudaContext context();

  /** Gives it back to the driver, with its context current. */
  abstract void free();

  /** Whether the driver may wait for all work of the context when it is given this back. */
  boolean freeingWaits() {
    return false;
  }

  /** See {@link Lifetime#retain}. */
  final void retain() {
    lifetime.retain();
  }

  /** See {@link Lifetime#release}. */
  final void release() {
    lifetime.release();
  }

  /** See {@link Lifetime#requireOpen}. */
  final void requireOpen() {
    lifetime.requireOpen();
  }

  /** See {@link Lifetime#requireAlive}. */
  final void requireAlive() {
    lifetime.requireAlive();
  }

  /**
   * @throws IllegalArgumentException if what runs in this context cannot use it
   * @throws IllegalStateException if it went with its own {@link CudaContext}
   */
  void requireUsableIn(CudaContext user) {
    if (context().isGone()) {
      throw new IllegalStateException(
          "%s went with %s, which was closed: close what uses it before"
              .formatted(this, context()));
    }
    if (context().handle() != user.handle()) {
      throw new IllegalArgumentException(
          "%s belongs to %s, and the command was given to a queue of %s: a command uses what belongs to its queue's context"
              .formatted(this, context(), user));
    }
  }

  /**
   * Frees it now if no submitted command uses it, and after the last of them otherwise. What the
   * driver would wait for the device with is not freed while a queue is suspended at level 2.
   */
  @Override
  public final void close() {
    lifetime.close();
  }

  private void freeNow() {
    if (freeingWaits()) {
      context().gates().make(this::giveBack);
    } else {
      giveBack();
    }
  }

  private void giveBack() {
    if (!context().isGone()) {
      CudaContext.unlessLost(() -> context().run(this::free));
    }
  }
}
