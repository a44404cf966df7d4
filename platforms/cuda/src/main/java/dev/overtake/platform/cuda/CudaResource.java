package dev.overtake.platform.cuda;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something on a device that commands use. Closing it while submitted commands use it is allowed:
 * it then lives until the last of them has finished. It is no longer to be had for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public abstract sealed class CudaResource implements AutoCloseable
    permits AotiModel,
        Cublas,
        CudaEvent,
        CudaGraph,
        CudaModule,
        CudaStream,
        DeviceBuffer,
        HostBuffer {
  private static final int CLOSED = Integer.MIN_VALUE;

  /** How many use it, and whether it is closed. */
  private final AtomicInteger uses = new AtomicInteger();

  private volatile boolean freed;

  CudaResource() {}

  /** The context that it belongs to. */
  public abstract CudaContext context();

  /** Gives it back to the driver, with its context current. */
  abstract void free();

  /** Whether the driver may wait for all work of the context when it is given this back. */
  boolean freeingWaits() {
    return false;
  }

  /**
   * Keeps it alive until {@link #release}.
   *
   * @throws IllegalStateException if it is closed
   */
  final void retain() {
    int before = uses.getAndUpdate(count -> count < 0 ? count : count + 1);
    if (before < 0) {
      throw closed();
    }
  }

  /** Undoes a {@link #retain}. Does not wait for anything, the device least of all. */
  final void release() {
    if (uses.decrementAndGet() == CLOSED) {
      context().later(this::freeNow);
    }
  }

  /**
   * @throws IllegalStateException if it is closed
   */
  final void requireOpen() {
    if (uses.get() < 0) {
      throw closed();
    }
  }

  /**
   * For commands, which use what may be closed already.
   *
   * @throws IllegalStateException if the driver has it back
   */
  final void requireAlive() {
    if (freed) {
      throw closed();
    }
  }

  /**
   * @throws IllegalArgumentException if what runs in this context cannot use it
   */
  void requireUsableIn(CudaContext user) {
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
    if (uses.getAndUpdate(count -> count | CLOSED) == 0) {
      freeNow();
    }
  }

  private void freeNow() {
    freed = true;
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

  private IllegalStateException closed() {
    return new IllegalStateException(this + " is closed");
  }
}
