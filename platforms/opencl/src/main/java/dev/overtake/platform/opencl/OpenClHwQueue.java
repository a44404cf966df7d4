package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.CompletionWatch;
import dev.overtake.driver.Watched;
import dev.overtake.platform.opencl.OpenCl.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One XQueue's way into a command queue. Every command has an event, and a marker is the event of
 * the command before it. The device's watch asks for their status, and does not wait to be called:
 * NVIDIA's driver calls once in 20 ms. In a command queue that is out of order each command waits
 * for the event of the one before it.
 *
 * <p>At level 2 a command that is launched behind others also waits for a user event of its own,
 * its gate. The watch opens it once the command before the one before it has ended: while one runs,
 * the next is with the device already, which need not wait for the watch between two commands. So a
 * suspended queue stops behind the command that runs and the next, however many are launched.
 *
 * <p>A command that fails may, as the driver likes, fail those that were launched behind it.
 */
public final class OpenClHwQueue extends Watched implements HwQueue {
  private static final int MOST_WAITS = 2;

  /** Commands that may start without the watch: the one that runs, and the next. */
  private static final int OPEN_GATES = 2;

  private final OpenClQueue queue;
  private final boolean gated;
  private final long spinNanos;
  private final CompletionWatch watch;
  private final MemorySegment waitList = Arena.ofAuto().allocate(JAVA_LONG, MOST_WAITS);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock; the volatile ones are read without it.
  private volatile @Nullable Listener listener;
  private final InFlight inFlight = new InFlight();
  private long markerBehindNothing;
  private int synchronizing;
  private boolean deactivated;
  private boolean closed;
  private volatile @Nullable Throwable lost;
  private boolean toldLost;
  private volatile boolean awaited;

  OpenClHwQueue(OpenClQueue queue, PreemptionLevel level) {
    this.queue = queue;
    gated = level == PreemptionLevel.L2;
    OpenClDevice device = queue.context().device();
    spinNanos = device.spinNanos();
    watch = device.watch();
  }

  @Override
  public void attach(Listener listener) {
    lock.lock();
    try {
      if (this.listener != null) {
        throw new IllegalStateException(
            "the OpenCL queue has an XQueue already: open one OpenCL queue for each");
      }
      this.listener = listener;
    } finally {
      lock.unlock();
    }
    watch.add(this);
  }

  @Override
  public String device() {
    return queue.context().device().label();
  }

  @Override
  public Class<OpenClCommand> commandType() {
    return OpenClCommand.class;
  }

  @Override
  public PreemptionLevel maxLevel() {
    return gated ? PreemptionLevel.L2 : PreemptionLevel.L1;
  }

  @Override
  public long spinNanos() {
    return spinNanos;
  }

  @Override
  public void launch(Command command) {
    lock.lock();
    try {
      requireUsable();
      enqueue((OpenClCommand) command);
      OpenCl.flush(queue.retained());
    } catch (OpenClStatusException e) {
      throw translated(e);
    } finally {
      unlock();
    }
  }

  private void enqueue(OpenClCommand command) {
    int waits = 0;
    if (queue.isOutOfOrder() && !inFlight.isEmpty()) {
      waitList.setAtIndex(JAVA_LONG, waits++, inFlight.lastEvent());
    }
    long gate = 0;
    if (gated && (deactivated || inFlight.size() >= OPEN_GATES)) {
      gate = OpenCl.createUserEvent(queue.context().retained());
      waitList.setAtIndex(JAVA_LONG, waits++, gate);
    }
    long event;
    try {
      event = command.enqueue(queue.retained(), waits, waits == 0 ? 0 : waitList.address());
    } catch (RuntimeException e) {
      if (gate != 0) {
        OpenCl.release(Kind.EVENT, gate);
      }
      throw e;
    }
    inFlight.add(command, event, gate);
  }

  @Override
  public void marker(long number) {
    lock.lock();
    try {
      requireUsable();
      if (inFlight.isEmpty()) {
        markerBehindNothing = number;
      } else {
        inFlight.markLast(number);
      }
    } finally {
      unlock();
    }
  }

  @Override
  public void synchronize() throws InterruptedException {
    if (watch.isCurrent()) {
      throw new IllegalStateException(
          "the thread that reports what has ended cannot wait for a queue: it holds it up");
    }
    lock.lockInterruptibly();
    try {
      synchronizing++;
      update();
      watch.wake();
      while (!inFlight.isEmpty() && !(deactivated && inFlight.isFirstHeld())) {
        changed.await();
      }
    } finally {
      synchronizing--;
      unlock();
    }
  }

  @Override
  public void deactivate() {
    setDeactivated(true);
  }

  @Override
  public void reactivate() {
    setDeactivated(false);
  }

  private void setDeactivated(boolean deactivated) {
    if (!gated) {
      throw new UnsupportedOperationException(
          "the queue was opened for L1: open it with PreemptionLevel.L2");
    }
    lock.lock();
    try {
      this.deactivated = deactivated;
      openGates();
      changed.signalAll();
    } catch (OpenClStatusException e) { // The command would stand there for ever.
      lose(e);
      throw deviceLost(e);
    } finally {
      unlock();
    }
  }

  private void openGates() {
    if (!deactivated) {
      inFlight.openGates(OPEN_GATES);
    }
  }

  private void requireUsable() {
    if (listener == null) {
      throw new IllegalStateException(
          "the OpenCL queue has no XQueue: attach one before launching");
    }
    if (closed) {
      throw new IllegalStateException("the OpenCL queue is closed");
    }
    if (lost != null) {
      throw deviceLost(lost);
    }
  }

  private DeviceLostException deviceLost(Throwable cause) {
    return new DeviceLostException(device() + " is lost to the queue: " + cause.getMessage());
  }

  /** That the device is gone is not the fault of the command that hears of it. Under the lock. */
  private RuntimeException translated(OpenClStatusException e) {
    if (!e.isLasting()) {
      return e;
    }
    lose(e);
    return deviceLost(e);
  }

  private void lose(Throwable cause) {
    if (lost == null) {
      lost = cause;
      changed.signalAll();
      inFlight.clear();
    }
  }

  /** Leaves the lock; what there is to look at has the watch look. */
  private void unlock() {
    update();
    lock.unlock();
    if (awaited) {
      watch.wake();
    }
  }

  /** Under the lock, whenever something in it has changed. */
  private void update() {
    awaited = isToldSoon() || (!inFlight.isEmpty() && isLookedFor());
  }

  private boolean isToldSoon() {
    return markerBehindNothing != 0 || (lost != null && !toldLost);
  }

  /** Whether it matters when what has been launched ends. */
  private boolean isLookedFor() {
    return gated
        ? !(deactivated && inFlight.isFirstHeld())
        : inFlight.hasMarker() || synchronizing > 0;
  }

  // ---- what the watch calls

  @Override
  protected boolean isAwaited() {
    return awaited;
  }

  @Override
  protected int poll(long nowNanos) {
    // Whoever launches or suspends goes first: it may take long, and a later look will do.
    if (!awaited || lock.hasQueuedThreads() || !lock.tryLock()) {
      return 0;
    }
    Listener told = Objects.requireNonNull(listener);
    long reached = markerBehindNothing; // All before it had ended then.
    OpenClCommand failed = null;
    int status = OpenCl.COMPLETE;
    Throwable loss = null;
    try {
      markerBehindNothing = 0;
      while (status == OpenCl.COMPLETE && !inFlight.isEmpty()) {
        status = OpenCl.eventStatus(inFlight.firstEvent());
        if (status <= OpenCl.COMPLETE) {
          failed = status < OpenCl.COMPLETE ? inFlight.firstCommand() : null;
          reached = Math.max(reached, inFlight.firstMarker());
          endFirst(status);
        }
      }
    } catch (OpenClStatusException e) { // What nobody can ask about is gone.
      lose(e);
    } finally {
      if (lost != null && !toldLost) {
        toldLost = true;
        loss = lost;
      }
      update();
      lock.unlock();
    }
    if (failed != null) {
      told.failed(failed, new OpenClStatusException(failed.toString(), status));
    }
    if (reached > 0) {
      told.completed(reached);
    }
    if (loss != null) {
      told.lost(loss);
    }
    return failed != null || loss != null || reached > 0 ? 1 : 0;
  }

  /** First lets the next one start, and then gives back what this one had. */
  private void endFirst(int status) {
    long event = inFlight.firstEvent();
    inFlight.removeFirst();
    openGates();
    changed.signalAll();
    if (status == OpenCl.COMPLETE) {
      OpenCl.makeVisible(event);
    }
    OpenCl.release(Kind.EVENT, event);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      inFlight.clear();
      changed.signalAll();
    } finally {
      unlock();
    }
    watch.remove(this);
    queue.leave();
  }
}
