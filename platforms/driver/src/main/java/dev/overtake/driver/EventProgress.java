package dev.overtake.driver;

import java.util.ArrayDeque;

/**
 * Progress by events: the driver is asked. As many events exist as places were ever waited for at a
 * time.
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

  private record Mark(long place, long event) {}

  private final Events events;

  // Guarded by this.
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private final ArrayDeque<Long> spare = new ArrayDeque<>();
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
      spare.add(event);
      throw e;
    }
    marks.add(new Mark(++placed, event));
    return placed;
  }

  @Override
  public synchronized boolean hasReached(long place) {
    while (reached < place && !marks.isEmpty() && events.isReached(marks.getFirst().event())) {
      Mark mark = marks.removeFirst();
      reached = mark.place();
      spare.add(mark.event());
    }
    return reached >= place;
  }

  @Override
  public synchronized void close() {
    marks.forEach(mark -> events.destroy(mark.event()));
    spare.forEach(events::destroy);
    marks.clear();
    spare.clear();
  }
}
