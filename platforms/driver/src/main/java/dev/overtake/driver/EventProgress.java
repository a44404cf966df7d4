package dev.overtake.driver;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Progress by events: the driver is asked. As many events exist as places were ever waited for at a
 * time, and nothing is allocated for a place once they do. Places are made by one thread at a time;
 * nobody who asks waits for it, as the stream may have no room for an event. Nor does it wait for
 * the driver's answers to others, as it is on the way of a launch.
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

  /** Of whoever asks the driver. Taken before the monitor. */
  private final ReentrantLock asking = new ReentrantLock();

  // Guarded by this: those that are in the stream, as markers of their places, and those that are
  // not.
  private final MarkerRing placedEvents = new MarkerRing();
  private final MarkerRing spare = new MarkerRing();
  private long placed;

  /** Written under both locks. */
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

  /** False, too, while another thread is being answered: it is to be asked again. */
  @Override
  public boolean hasReached(long place) {
    if (reached < place && asking.tryLock()) {
      try {
        while (reached < place && isOldestReached()) {
          takeOldestBack();
        }
      } finally {
        asking.unlock();
      }
    }
    return reached >= place;
  }

  private boolean isOldestReached() {
    long event;
    synchronized (this) {
      if (placedEvents.isEmpty()) {
        return false;
      }
      event = placedEvents.firstNumber();
    }
    return events.isReached(event);
  }

  private synchronized void takeOldestBack() {
    reached = placedEvents.firstPlace();
    spare.add(placedEvents.removeFirst(), 0);
  }

  @Override
  public void close() {
    asking.lock();
    try {
      destroyAll();
    } finally {
      asking.unlock();
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
