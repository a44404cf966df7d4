package dev.overtake.driver;

/**
 * Progress by events: the driver is asked. As many events exist as places were ever waited for at a
 * time, and nothing is allocated for a place once they do. Places are made by one thread at a time;
 * nobody who asks waits for it, as the stream may have no room for an event.
 */
public final class EventProgress implements Progress {
  /** The events of one stream. */
  public interface Events {
    /** Makes one. */
    long create();

    /** Puts it behind everything in the stream. */
    void record(long event);

    /** Whether what was in the stream when it was recorded is done. */
    boolean isReached(long event);

    void destroy(long event);
  }

  private final Events events;

  // Guarded by this: those that are in the stream, as markers of their places, and those that are
  // not.
  private final MarkerRing placedEvents = new MarkerRing();
  private final MarkerRing spare = new MarkerRing();
  private long placed;
  private long reached;

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

  private synchronized long take() {
    return spare.isEmpty() ? events.create() : spare.removeFirst();
  }

  private synchronized void putBack(long event) {
    spare.add(event, 0);
  }

  private synchronized long placed(long event) {
    placedEvents.add(event, ++placed);
    return placed;
  }

  @Override
  public synchronized boolean hasReached(long place) {
    while (reached < place
        && !placedEvents.isEmpty()
        && events.isReached(placedEvents.firstNumber())) {
      reached = placedEvents.firstPlace();
      spare.add(placedEvents.removeFirst(), 0);
    }
    return reached >= place;
  }

  @Override
  public synchronized void close() {
    while (!placedEvents.isEmpty()) {
      events.destroy(placedEvents.removeFirst());
    }
    while (!spare.isEmpty()) {
      events.destroy(spare.removeFirst());
    }
  }
}
