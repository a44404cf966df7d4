package dev.overtake.platform.hip;

import dev.overtake.driver.Lifetime;

/**
 * Something on a device that commands use. Closing it while submitted commands use it is allowed:
 * it then lives until the last of them has finished. It is no longer to be had for new ones.
 *
 * <p>Thread-safe. Closing is idempotent.
 */
public abstract sealed class HipResource implements AutoCloseable
    permits Hipblas, HipBuffer, HipEvent, HipHostBuffer, HipModule, HipStream {
  final Lifetime lifetime =
      new Lifetime(this, this::freeNow, action -> device().domain().later(action));

  HipResource() {}

  /** The device that it belongs to. */
  public abstract HipDevice device();

  /** Gives it back to the runtime, with its device current. */
  abstract void free();

  /** Whether the runtime may wait for all work of the device when it is given this back. */
  boolean freeingWaits() {
    return false;
  }

  /**
   * Looks whether what runs on this device can use it.
   *
   * @throws IllegalArgumentException if it cannot
   */
  void requireUsableOn(HipDevice user) {
    if (!device().equals(user)) {
      throw new IllegalArgumentException(
          "%s cannot be used by a queue of %s: a command uses what belongs to its queue's device"
              .formatted(this, user.label()));
    }
  }

  /**
   * Frees it now if no submitted command uses it, and after the last of them otherwise. What the
   * runtime would wait for the device with is not freed while a queue is suspended at level 2.
   */
  @Override
  public final void close() {
    lifetime.close();
  }

  private void freeNow() {
    if (freeingWaits()) {
      device().domain().gates().make(this::giveBack);
    } else {
      giveBack();
    }
  }

  private void giveBack() {
    HipDevice.unlessLost(() -> device().run(this::free));
  }
}
