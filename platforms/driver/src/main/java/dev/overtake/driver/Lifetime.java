package dev.overtake.driver;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long something of a driver's lives that commands use. It may be closed while submitted
 * commands use it: it then lives until the last of them has finished, and is no longer to be had
 * for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public final class Lifetime {
  /** What lives, as messages name it, and how it ends. */
  public interface Owner {
    /** Gives it back to the driver. Called once, when nothing uses it any more. */
    void free();

    /** Has something done by a thread that may wait for the device. */
    void later(Runnable action);
  }

  private static final int CLOSED = Integer.MIN_VALUE;

  private final Owner owner;

  /** How many use it, and whether it is closed. */
  private final AtomicInteger uses = new AtomicInteger();

  private volatile boolean freed;

  public Lifetime(Owner owner) {
    this.owner = owner;
  }

  /**
   * Keeps it alive until {@link #release}.
   *
   * @throws IllegalStateException if it is closed
   */
  public void retain() {
    int before = uses.getAndUpdate(count -> count < 0 ? count : count + 1);
    if (before < 0) {
      throw closed();
    }
  }

  /** Undoes a {@link #retain}. Does not wait for anything, the device least of all. */
  public void release() {
    if (uses.decrementAndGet() == CLOSED) {
      owner.later(this::free);
    }
  }

  /**
   * For who means to use it.
   *
   * @throws IllegalStateException if it is closed
   */
  public void requireOpen() {
    if (uses.get() < 0) {
      throw closed();
    }
  }

  /**
   * For commands, which use what may be closed already.
   *
   * @throws IllegalStateException if the driver has it back
   */
  public void requireAlive() {
    if (freed) {
      throw closed();
    }
  }

  /** Frees it now if no submitted command uses it, and after the last of them otherwise. */
  public void close() {
    if (uses.getAndUpdate(count -> count | CLOSED) == 0) {
      free();
    }
  }

  private void free() {
    freed = true;
    owner.free();
  }

  private IllegalStateException closed() {
    return new IllegalStateException(owner + " is closed");
  }
}
