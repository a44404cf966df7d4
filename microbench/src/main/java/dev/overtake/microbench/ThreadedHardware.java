package dev.overtake.microbench;

/**
 * Hardware that finishes at once but reports from a thread of its own, as a driver's callback
 * thread does. The thread spins, so that what is measured is the XQueue and not the wake-up of a
 * sleeping thread; it needs a core to itself. Markers that come faster than it reports are reported
 * together, as the listener allows.
 */
final class ThreadedHardware extends IdleHardware {
  private final Thread reporter =
      Thread.ofPlatform().name("idle-hardware").daemon().unstarted(this::report);
  private volatile long marked;
  private volatile boolean closed;

  ThreadedHardware() {
    reporter.start();
  }

  @Override
  public void marker(long number) {
    marked = number;
  }

  private void report() {
    long reported = 0;
    while (!closed) {
      long reached = marked;
      if (reached == reported) {
        Thread.onSpinWait();
      } else {
        reported = reached;
        listener().completed(reached);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
