package dev.overtake.platform.host;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One XQueue's way into a hardware queue of the host device. Several of them may feed one hardware
 * queue, as threads that share a default stream do: then their commands form one FIFO, and
 * deactivating one of them makes the engine pass over its commands, as hardware does that flushes
 * commands and launches them anew later.
 */
public final class HostQueue implements HwQueue {
  private record Marker(long number, long launchedBefore) {}

  private final HostDevice device;
  private final HardwareFifo fifo;

  // Under the device's lock; the listener is set once, before anything is launched.
  private @Nullable Listener listener;
  private final ArrayDeque<Marker> markers = new ArrayDeque<>();
  private long launched;
  private long finished;
  private boolean deactivated;

  /** Read by the engine between two steps of a command, without the lock. */
  private volatile boolean interrupted;

  HostQueue(HostDevice device, HardwareFifo fifo) {
    this.device = device;
    this.fifo = fifo;
  }

  /** Another queue that feeds the same hardware queue. */
  public HostQueue openShared() {
    return device.openQueue(fifo);
  }

  @Override
  public void attach(Listener listener) {
    device.lock.lock();
    try {
      device.requireOpen(); // Or nobody would tell this listener that the device is lost.
      if (this.listener != null) {
        throw new IllegalStateException(
            "the host queue has an XQueue already: open one host queue for each");
      }
      this.listener = listener;
    } finally {
      device.lock.unlock();
    }
  }

  @Override
  public String device() {
    return device.name();
  }

  @Override
  public Class<HostCommand> commandType() {
    return HostCommand.class;
  }

  @Override
  public PreemptionLevel maxLevel() {
    return PreemptionLevel.L3;
  }

  @Override
  public void launch(Command command) {
    device.lock.lock();
    try {
      device.requireOpen();
      var _ = listener(); // The engine will need it.
      launched++;
      fifo.add(new HardwareFifo.Entry((HostCommand) command, this));
      device.runnableChanged();
    } finally {
      device.lock.unlock();
    }
  }

  @Override
  public void marker(long number) {
    device.lock.lock();
    try {
      if (finished < launched) {
        markers.add(new Marker(number, launched));
        return;
      }
    } finally {
      device.lock.unlock();
    }
    listener().completed(number);
  }

  @Override
  public void synchronize() throws InterruptedException {
    device.awaitQuiet(this);
  }

  @Override
  public void deactivate() {
    setDeactivated(true);
  }

  @Override
  public void reactivate() {
    setDeactivated(false);
  }

  @Override
  public void interrupt() {
    setInterrupted(true);
  }

  @Override
  public void restore() {
    setInterrupted(false);
  }

  @Override
  public void close() {
    device.closeQueue(this);
  }

  HardwareFifo fifo() {
    return fifo;
  }

  /**
   * @throws IllegalStateException if nobody has attached
   */
  Listener listener() {
    Listener attached = listener;
    if (attached == null) {
      throw new IllegalStateException("the host queue has no XQueue: attach one before launching");
    }
    return attached;
  }

  boolean isAttached() {
    return listener != null;
  }

  /** Whether the engine may start, or go on with, this command of the queue's. */
  boolean mayRun(HardwareFifo.Entry entry) {
    return entry.isStarted() ? !interrupted : !deactivated;
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /**
   * Counts one command as finished, under the device's lock.
   *
   * @return the last marker that nothing stands before any more, or 0
   */
  long finishOne() {
    finished++;
    long reached = 0;
    while (!markers.isEmpty() && markers.getFirst().launchedBefore() <= finished) {
      reached = markers.removeFirst().number();
    }
    return reached;
  }

  private void setDeactivated(boolean deactivated) {
    device.lock.lock();
    try {
      this.deactivated = deactivated;
      device.runnableChanged();
    } finally {
      device.lock.unlock();
    }
  }

  private void setInterrupted(boolean interrupted) {
    device.lock.lock();
    try {
      this.interrupted = interrupted;
      device.runnableChanged();
    } finally {
      device.lock.unlock();
    }
  }
}
