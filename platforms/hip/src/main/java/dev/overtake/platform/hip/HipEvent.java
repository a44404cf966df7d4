package dev.overtake.platform.hip;

/**
 * A place in a stream: where it was last {@linkplain HipCommand#record recorded}. Other streams can
 * {@linkplain HipCommand#awaitEvent wait for it}, and two of them tell how long what is between
 * took.
 */
public final class HipEvent extends HipResource {
  private static final float NANOS_PER_MILLI = 1e6f;

  private final HipDevice device;
  private final long handle;

  private HipEvent(HipDevice device, long handle) {
    this.device = device;
    this.handle = handle;
  }

  static HipEvent create(HipDevice device) {
    return new HipEvent(device, device.call(() -> Hip.createEvent(0)));
  }

  long handle() {
    lifetime.requireAlive();
    return handle;
  }

  /** Whether what stood before it when it was recorded is done; also if it never was. */
  public boolean isDone() {
    return device.call(() -> Hip.isEventDone(handle()));
  }

  /** Waits until it {@linkplain #isDone is done}. Cannot be interrupted. */
  public void synchronize() {
    device.run(() -> Hip.synchronizeEvent(handle()));
  }

  /**
   * How long the device took from this event to a later one, nanoseconds.
   *
   * @throws HipStatusException if one of them was not recorded, or is not done
   */
  public long nanosUntil(HipEvent end) {
    return device.call(() -> (long) (Hip.elapsedMillis(handle(), end.handle()) * NANOS_PER_MILLI));
  }

  @Override
  public HipDevice device() {
    return device;
  }

  @Override
  void free() {
    Hip.destroyEvent(handle);
  }

  @Override
  public String toString() {
    return "event on " + device.label();
  }
}
