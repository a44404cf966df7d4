package dev.overtake.platform.cuda;

/**
 * A place in a stream: where it was last {@linkplain CudaCommand#record recorded}. Other streams
 * can {@linkplain CudaCommand#awaitEvent wait for it}, and two of them tell how long what is
 * between took.
 */
public final class CudaEvent extends CudaResource {
  private static final float NANOS_PER_MILLI = 1e6f;

  private final CudaContext context;
  private final long handle;

  private CudaEvent(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  static CudaEvent create(CudaContext context) {
    return new CudaEvent(context, context.call(() -> CudaDriver.createEvent(0)));
  }

  long handle() {
    requireAlive();
    return handle;
  }

  /** Whether what stood before it when it was recorded is done; also if it never was. */
  public boolean isDone() {
    return context.call(() -> CudaDriver.isEventDone(handle()));
  }

  /** Waits until it {@linkplain #isDone is done}. Cannot be interrupted. */
  public void synchronize() {
    context.run(() -> CudaDriver.synchronizeEvent(handle()));
  }

  /**
   * How long the device took from this event to a later one, nanoseconds, to about half a
   * microsecond.
   *
   * @throws CudaStatusException if one of them was not recorded, or is not done
   */
  public long nanosUntil(CudaEvent end) {
    return context.call(
        () -> (long) (CudaDriver.elapsedMillis(handle(), end.handle()) * NANOS_PER_MILLI));
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  void free() {
    CudaDriver.destroyEvent(handle);
  }

  @Override
  public String toString() {
    return "event on " + context.device().label();
  }
}
