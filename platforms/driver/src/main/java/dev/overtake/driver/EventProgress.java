package dev.overtake.driver;

/**
 * Progress by events: the driver is asked. As many events exist as places were ever waited for at a
 * time, and nothing is allocated for a place once they do. Who makes a place, who looks and who
 * asks do not wait for one another's calls of the driver: a stream may have no room for an event,
 * and an answer takes a good part of what a launch does.
 */
public final class EventProgress implements Progress {
  /** The events of one stream. */
  public interface Events {
    /** Makes one. */
    long create();

    /**
     * Puts it behind everything in the stream.
     *
     * @throws RuntimeException if the stream is being captured: the capture may have got the event,
     *     which tells nothing then until it is recorded again
     */
    void record(long event);

    /** Whether what was in the stream when it was recorded is done. */
    boolean isReached(long event);

    /** Of a device that does nothing any more, too. */
    void destroy(long event);
  }

  private final Events events;

  /** Held during questions. Taken before the monitor of this. */
  private final Object asking = new Object();

  private boolean closed; // guarded by asking

  // Guarded by this: those that are in the stream, as markers of their places, and those that are
  // not.
  private final MarkerRing placedEvents = new MarkerRing();
  private final MarkerRing spare = new MarkerRing();
  private long placed;

  /** Written under both. */
  private volatile long reached;

  public EventProgress(Events events) {
    this.events = events;
  }

  @Override
  public long place() {
    long event = take();
    try {
      events.record(event);
    } catch (RuntimeException e) {
      putBack(event);
      throw e;
    }
    return placed(event);
  }

  private long take() {
    synchronized (this) {
      if (!spare.isEmpty()) {
        return spare.removeFirst();
      }
    }
    return events.create();
  }

  private synchronized void putBack(long event) {
    spare.add(event, 0);
  }

  private synchronized long placed(long event) {
    placedEvents.add(event, ++placed);
    return placed;
  }

  @Override
  public void look() {
    synchronized (asking) {
      while (!closed && isOldestReached()) {
        takeOldestBack();
      }
    }
  }

  private boolean isOldestReached() {
    long event;
    synchronized (this) {
      if (placedEvents.isEmpty()) {
        return false;
      }
      event = placedEvents.firstNumber();
    }
    return isReached(event);
  }

  private boolean isReached(long event) {
    try {
      return events.isReached(event);
    } catch (RuntimeException e) {
      if (e instanceof DriverStatus status && status.isOfCapture()) {
        recordAgain(event, e);
        return false;
      }
      throw e;
    }
  }

  /**
   * Of an event that a capture has got which began and ended around its record. Behind all that has
   * come since it tells of its place, too, if later.
   */
  private void recordAgain(long event, RuntimeException captured) {
    try {
      events.record(event);
    } catch (RuntimeException e) {
      if (e instanceof DriverStatus status && status.isLasting()) {
        throw e;
      }
      captured.addSuppressed(e);
      throw captured; // Another look tries it again.
    }
  }

  private synchronized void takeOldestBack() {
    reached = placedEvents.firstPlace();
    spare.add(placedEvents.removeFirst(), 0);
  }

  @Override
  public boolean hasReached(long place) {
    return reached >= place;
  }

  @Override
  public void close() {
    synchronized (asking) {
      closed = true;
      destroyAll();
    }
  }

  private synchronized void destroyAll() {
    while (!placedEvents.isEmpty()) {
      events.destroy(placedEvents.removeFirst());
    }
    while (!spare.isEmpty()) {
      events.destroy(spare.removeFirst());
    }
  }
}
