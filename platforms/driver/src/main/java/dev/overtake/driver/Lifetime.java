package dev.overtake.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * How long something of a driver's lives that commands use. It may be closed while submitted
 * commands use it: it then lives until the last of them has finished, and is no longer to be had
 * for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public final class Lifetime {
  private static final int CLOSED = Integer.MIN_VALUE;

  private final Object owner;
  private final Runnable end;
  private final Consumer<Runnable> later;

  /** How many use it, and whether it is closed. */
  private final AtomicInteger uses = new AtomicInteger();

  private volatile boolean freed;

  /**
   * @param owner what lives, as messages name it
   * @param end gives it back to the driver; called once, when nothing uses it any more
   * @param later has something done by a thread that may wait for the device
   */
  public Lifetime(Object owner, Runnable end, Consumer<Runnable> later) {
    this.owner = owner;
    this.end = end;
    this.later = later;
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
      later.accept(this::free);
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
    end.run();
  }

  private IllegalStateException closed() {
    return new IllegalStateException(owner + " is closed");
  }
}
