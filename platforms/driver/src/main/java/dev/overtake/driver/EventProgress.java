package dev.overtake.driver;

/**
 * Progress by events: the driver is asked. As many events exist as places were ever waited for at a
 * time, and nothing is allocated for a place once they do.
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
  public synchronized long place() {
    long event = spare.isEmpty() ? events.create() : spare.removeFirst();
    try {
      events.record(event);
    } catch (RuntimeException e) {
      spare.add(event, 0);
      throw e;
    }
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
