package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.opencl.OpenCl.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One XQueue's way into a command queue. Every command has an event, and a marker is the event of
 * the command before it: the driver calls when that has ended, so nobody waits or asks. In a
 * command queue that is out of order each command waits for the event of the one before it.
 *
 * <p>At level 2 a command that is launched behind others also waits for a user event of its own,
 * its gate, which the driver's call opens when the one before it has ended. So a suspended queue
 * stops behind the command that runs, however many are launched. Between two commands there is then
 * a call of the driver's and one to it.
 *
 * <p>A command that fails may, as the driver likes, fail those that were launched behind it.
 */
public final class OpenClHwQueue implements HwQueue {
  private static final int MOST_WAITS = 2;

  private final OpenClQueue queue;
  private final boolean gated;
  private final int place;
  private final MemorySegment waitList = Arena.ofAuto().allocate(JAVA_LONG, MOST_WAITS);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Set once, before anything is launched. */
  private volatile @Nullable Listener listener;

  // Under the lock.
  private final InFlight inFlight = new InFlight();
  private long markerBehindNothing;
  private boolean deactivated;
  private boolean closed;
  private volatile @Nullable Throwable lost;

  /** How often there was something to look at that nobody has looked at. */
  private final AtomicInteger news = new AtomicInteger();

  /** One thread looks and tells at a time, so that what is told is in order. */
  private final AtomicBoolean telling = new AtomicBoolean();

  /** Of the thread that tells. */
  private boolean toldLost;

  OpenClHwQueue(OpenClQueue queue, PreemptionLevel level) {
    this.queue = queue;
    gated = level == PreemptionLevel.L2;
    place = EventCallbacks.add(this);
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
  public void launch(Command command) {
    lock.lock();
    try {
      requireUsable();
      enqueue((OpenClCommand) command);
      OpenCl.flush(queue.retained());
    } catch (OpenClStatusException e) {
      throw translated(e);
    } finally {
      lock.unlock();
      tell();
    }
  }

  private void enqueue(OpenClCommand command) {
    int waits = 0;
    if (queue.isOutOfOrder() && !inFlight.isEmpty()) {
      waitList.setAtIndex(JAVA_LONG, waits++, inFlight.lastEvent());
    }
    long gate = 0;
    if (gated && (deactivated || !inFlight.isEmpty())) {
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
    if (gated) {
      EventCallbacks.request(event, place);
    }
  }

  @Override
  public void marker(long number) {
    lock.lock();
    try {
      requireUsable();
      if (inFlight.isEmpty()) {
        markerBehindNothing = number;
        news.incrementAndGet();
      } else {
        inFlight.markLast(number);
        requestLast();
      }
    } catch (OpenClStatusException e) {
      throw translated(e);
    } finally {
      lock.unlock();
      tell();
    }
  }

  private void requestLast() {
    if (!gated) { // Or it has been requested when it was launched.
      EventCallbacks.request(inFlight.lastEvent(), place);
    }
  }

  @Override
  public void synchronize() throws InterruptedException {
    if (EventCallbacks.isRunning()) {
      throw new IllegalStateException(
          "the driver's own thread cannot wait for a queue: it holds it up");
    }
    lock.lock();
    try {
      if (!inFlight.isEmpty()) {
        requestLast();
      }
    } finally {
      lock.unlock();
      tell();
    }
    lock.lockInterruptibly();
    try {
      while (!inFlight.isEmpty() && !(deactivated && inFlight.isFirstHeld())) {
        changed.await();
      }
    } finally {
      lock.unlock();
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
      openGate();
      changed.signalAll();
    } finally {
      lock.unlock();
      tell();
    }
  }

  /** Lets the first command start, if the queue may run. */
  private void openGate() {
    if (!deactivated && inFlight.isFirstHeld()) {
      inFlight.openFirstGate();
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
      inFlight.clear();
      changed.signalAll();
      news.incrementAndGet();
    }
  }

  // ---- what the driver's calls lead to

  /** A command has ended. Tells so, unless the calling thread or another is about to. */
  void lookSoon() {
    news.incrementAndGet();
    tell();
  }

  /**
   * Looks and tells while there is news. Who holds the lock, being called within, does so later.
   */
  private void tell() {
    while (!lock.isHeldByCurrentThread() && news.get() > 0 && telling.compareAndSet(false, true)) {
      try {
        int seen = news.get();
        look();
        news.addAndGet(-seen);
      } finally {
        telling.set(false);
      }
    }
  }

  private void look() {
    Listener told = listener;
    if (told == null) {
      return;
    }
    long reached = 0;
    while (true) {
      int status;
      OpenClCommand ended;
      lock.lock();
      try {
        reached = Math.max(reached, markerBehindNothing); // All before it had ended then.
        if (inFlight.isEmpty()) {
          break;
        }
        status = OpenCl.eventStatus(inFlight.firstEvent());
        if (status > OpenCl.COMPLETE) {
          break;
        }
        ended = inFlight.firstCommand();
        reached = Math.max(reached, inFlight.removeFirst());
        openGate();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (status < OpenCl.COMPLETE) {
        told.failed(ended, new OpenClStatusException(ended.toString(), status));
      }
    }
    if (lost != null && !toldLost) {
      toldLost = true;
      told.lost(lost);
    } else if (reached > 0) {
      told.completed(reached);
    }
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
      lock.unlock();
    }
    EventCallbacks.remove(place);
    queue.leave();
  }
}
