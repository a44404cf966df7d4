package dev.overtake.stress;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import org.jspecify.annotations.Nullable;

/**
 * Hardware without a lock: what it was told is in volatile fields, written under the lock of its
 * queue. It finishes what it has when a test's actor says so.
 */
final class StressHwQueue implements HwQueue {
  /** A command that knows its place. */
  static final class Numbered extends Command {
    final int number;

    Numbered(int number) {
      this.number = number;
    }
  }

  private @Nullable Listener listener;
  private volatile int launches;
  private volatile long lastMarker;
  private volatile long lastReported;
  private volatile boolean closed;
  private volatile boolean outOfOrder;
  private volatile boolean launchedAfterClose;

  int launches() {
    return launches;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether commands came in another order than that of their numbers. */
  boolean isOutOfOrder() {
    return outOfOrder;
  }

  boolean wasLaunchedAfterClose() {
    return launchedAfterClose;
  }

  /** Everything before the last marker finishes. */
  void finish() {
    long marker = lastMarker;
    lastReported = marker;
    if (listener != null && marker != 0) {
      listener.completed(marker);
    }
  }

  /** Everything finishes, and what is launched on that, too. */
  void finishAll() {
    while (lastReported != lastMarker) {
      finish();
    }
  }

  @Override
  public void attach(Listener listener) {
    this.listener = listener;
  }

  @Override
  public String device() {
    return "stress";
  }

  @Override
  public Class<Numbered> commandType() {
    return Numbered.class;
  }

  @Override
  public PreemptionLevel maxLevel() {
    return PreemptionLevel.L1;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // The queue calls it one at a time, or fails a test.
  public void launch(Command command) {
    if (closed) {
      launchedAfterClose = true;
    }
    int place = ++launches;
    if (((Numbered) command).number != place) {
      outOfOrder = true;
    }
  }

  @Override
  public void marker(long number) {
    lastMarker = number;
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {
    closed = true;
  }
}
