package dev.overtake.platform.cuda;

import java.util.ArrayDeque;

/**
 * Progress by events, for devices that cannot write into memory of the host: the driver is asked.
 * As many events exist as places were ever waited for at a time.
 */
final class EventProgress implements Progress {
  private record Mark(long place, long event) {}

  private final CudaStream stream;

  // Guarded by this.
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private final ArrayDeque<Long> spare = new ArrayDeque<>();
  private long placed;
  private long reached;

  EventProgress(CudaStream stream) {
    this.stream = stream;
  }

  /** Enters within the monitor: a virtual thread that waits for that may change its carrier. */
  @Override
  public synchronized long place() {
    return stream.context().call(this::record);
  }

  private long record() {
    long event =
        spare.isEmpty()
            ? CudaDriver.createEvent(CudaDriver.EVENT_DISABLE_TIMING)
            : spare.removeFirst();
    try {
      CudaDriver.recordEvent(event, stream.handle());
    } catch (CudaStatusException e) {
      spare.add(event);
      throw e;
    }
    marks.add(new Mark(++placed, event));
    return placed;
  }

  @Override
  public synchronized boolean hasReached(long place) {
    if (reached < place) {
      stream.context().run(this::look);
    }
    return reached >= place;
  }

  private void look() {
    while (!marks.isEmpty() && CudaDriver.isEventDone(marks.getFirst().event())) {
      Mark mark = marks.removeFirst();
      reached = mark.place();
      spare.add(mark.event());
    }
  }

  /** How many events there are. */
  synchronized int eventCount() {
    return marks.size() + spare.size();
  }

  /** Once nothing that was placed is still in the stream. */
  synchronized void close() {
    stream.context().run(this::destroyEvents);
  }

  private void destroyEvents() {
    marks.forEach(mark -> CudaDriver.destroyEvent(mark.event()));
    spare.forEach(CudaDriver::destroyEvent);
    marks.clear();
    spare.clear();
  }
}
