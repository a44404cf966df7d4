package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One XQueue's way into a stream of a driver's. At level 2 the device waits for the queue's gate
 * before every command, so that a suspended queue stops at the next one, however many are launched;
 * it needs nothing of the kernels.
 *
 * <p>While a queue is suspended at level 2, calls of the driver that wait for the whole device do
 * not return. So what is closed meanwhile and whose release would wait like that is released when
 * no queue of the {@link Domain} is suspended any more, and a queue that is suspended while
 * something is being released is stopped at level 1 until it has been.
 */
public abstract class StreamQueue extends Watched implements HwQueue {
  /**
   * How often to ask whether the context still works, or takes a marker now, while nothing moves.
   */
  private static final long CHECK_INTERVAL_NANOS = MILLISECONDS.toNanos(10);

  private final StreamPort port;
  private final StreamPlaces places;
  private final StreamMarkers markers;
  private final StreamReports reports = new StreamReports();

  private final ReentrantLock lock = new ReentrantLock();

  // Written under the lock.
  private volatile @Nullable Throwable lost;
  private volatile boolean closed;

  private volatile @Nullable CompletionWatch watch;

  /** The watch's own. */
  private long checkedNanos;

  /**
   * @param gated whether it reaches level 2, and not only level 1
   */
  protected StreamQueue(StreamPort port, boolean gated) {
    this.port = port;
    places = new StreamPlaces(port, gated);
    markers = new StreamMarkers(port, places);
  }

  /**
   * Takes now what the queue needs of the driver, and not before the first command; that may wait
   * for the device. A queue of level 2 has to.
   *
   * @throws IllegalStateException if there is no room for a gate
   */
  protected final void prepare() {
    places.prepare();
  }

  @Override
  public final void attach(Listener listener) {
    CompletionWatch its = port.watch(); // Which may have to ask for the device, and fail.
    if (!reports.attach(listener)) {
      throw new IllegalStateException(
          "the %1$s queue has an XQueue already: open one %1$s queue for each"
              .formatted(port.api()));
    }
    watch = its;
    its.add(this);
  }

  /** By the place in the machine, which is the same in every process. */
  @Override
  public final String device() {
    return port.device();
  }

  @Override
  public final PreemptionLevel maxLevel() {
    return places.areGated() ? PreemptionLevel.L2 : PreemptionLevel.L1;
  }

  @Override
  public final void launch(Command command) {
    lock.lock();
    try {
      requireUsable();
      places.beforeCommand();
      places.afterCommand(); // What throws may have put some of its work into the stream before.
      port.launch(command, reports);
    } catch (RuntimeException e) {
      throw translated(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void marker(long number) {
    lock.lock();
    try {
      if (lost != null) {
        return; // That it is lost is told, or will be when the device is done.
      }
      requireUsable();
      var _ = markers.tryToPlace(number);
    } catch (RuntimeException e) {
      throw translated(e);
    } finally {
      lock.unlock();
    }
    port.watch().wake();
  }

  @Override
  public final long spinNanos() {
    return Backoff.SPIN_NANOS;
  }

  @Override
  public final void synchronize() throws InterruptedException {
    if (HostCalls.isRunning()) {
      throw new IllegalStateException("a host function cannot wait for a queue: it holds it up");
    }
    var backoff = new Backoff();
    // A launch that waits for room behind the shut gate has the lock for as long.
    while (!lock.tryLock()) {
      if (!mayComplete()) {
        return;
      }
      pause(backoff);
    }
    long last;
    try {
      if (places.hasCommandBehindLast() && lost == null && !closed) {
        markers.place();
      }
      last = places.last();
    } catch (RuntimeException e) {
      throw translated(e);
    } finally {
      lock.unlock();
      port.watch().wake();
    }
    while (!places.hasReached(last) && mayComplete()) {
      if (port.watch().isCurrent()) { // A listener waits, and so nobody else looks.
        look();
      }
      pause(backoff);
    }
  }

  private void look() {
    try {
      places.look();
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  private boolean mayComplete() {
    return !places.isStopped() && lost == null && !closed;
  }

  private static void pause(Backoff backoff) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    backoff.pause();
  }

  @Override
  public final void deactivate() {
    setGate(false);
  }

  @Override
  public final void reactivate() {
    setGate(true);
  }

  /**
   * Without the lock: a launch may hold it that waits for room in the stream, and so for the gate.
   */
  private void setGate(boolean open) {
    if (!places.areGated()) {
      throw new UnsupportedOperationException(
          "the queue was opened for L1: open it with PreemptionLevel.L2");
    }
    places.setGate(open);
  }

  private void requireUsable() {
    if (!reports.isAttached()) {
      throw new IllegalStateException(
          "the %s queue has no XQueue: attach one before launching".formatted(port.api()));
    }
    if (closed) {
      throw new IllegalStateException("the %s queue is closed".formatted(port.api()));
    }
    if (lost != null) {
      throw new DeviceLostException(device() + " is lost to the queue: " + lost.getMessage());
    }
  }

  /** What the driver says of a device that has failed is not the fault of this command. */
  private RuntimeException translated(RuntimeException e) {
    if (!(e instanceof DriverStatus status) || !status.isLasting()) {
      return e;
    }
    port.domain().lose(e);
    return new DeviceLostException(device() + " is lost to the queue: " + e.getMessage());
  }

  // ---- what the watch calls

  @Override
  protected final boolean isAwaited() {
    return markers.isAwaited();
  }

  /** Null if nobody has asked the driver yet, since nothing was launched. */
  @Nullable Domain domain() {
    return port.knownDomain();
  }

  @Override
  protected final int poll(long nowNanos) {
    if (!isAwaited()) {
      return 0;
    }
    long place = markers.oldestPlace();
    try {
      if (place != 0 && looksReached(place)) {
        return report() ? 1 : 0;
      }
      if (nowNanos - checkedNanos >= CHECK_INTERVAL_NANOS) {
        checkedNanos = nowNanos;
        if (markers.isRefused() && !places.isStopped()) { // In a full stream it would wait there.
          return placeAgain() ? 1 : 0;
        }
        askWhetherItWorks();
      }
    } catch (RuntimeException e) {
      if (!(e instanceof DriverStatus status)) { // of the listener
        throw e;
      }
      if (status.isLasting()) {
        port.domain().lose(e);
        return 1;
      }
      if (!status.isOfCapture()) { // The stream is gone, say.
        lose(e);
        return 1;
      }
      // Somebody captures the stream: a later look will tell more.
    }
    return 0;
  }

  private boolean looksReached(long place) {
    try {
      places.look();
    } catch (RuntimeException e) {
      // A later look will tell more, and meanwhile whether the stream works is another question.
      if (!(e instanceof DriverStatus status && status.isOfCapture())) {
        throw e;
      }
    }
    return places.hasReached(place);
  }

  /** Under the lock: a queue that is abandoned meanwhile may soon have nothing to ask about. */
  private void askWhetherItWorks() {
    if (lock.tryLock()) {
      try {
        if (lost == null && !closed) {
          boolean _ = port.isDone();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Not while the queue launches: that may take long, and the watch has other queues, too.
   *
   * @return false if it has to be done later
   */
  private boolean report() {
    if (!lock.tryLock()) {
      return false;
    }
    long reached;
    try {
      reached = markers.takeReached();
    } finally {
      lock.unlock();
    }
    reports.completed(reached);
    return true;
  }

  /**
   * Places the marker that was refused. Is it refused again when the device is done with all that
   * was launched, the queue is lost: nothing would tell of the next command's end, either.
   *
   * @return whether it was lost
   */
  private boolean placeAgain() {
    Throwable refusal;
    if (!lock.tryLock()) {
      return false;
    }
    try {
      refusal = closed ? null : markers.tryToPlaceRefused();
      // Nothing is launched between the question and the loss; and what the device has told by
      // then is reported first.
      if (refusal == null || !port.isDone() || markers.oldestPlace() != 0 || !abandon(refusal)) {
        return false;
      }
      closePlaces(refusal);
    } finally {
      lock.unlock();
    }
    reports.lost(refusal);
    return true;
  }

  /** The driver works as ever, and the stream is empty. */
  private void closePlaces(Throwable loss) {
    try {
      places.close();
    } catch (RuntimeException | Error e) {
      loss.addSuppressed(e); // Of that the listener has to hear in any case.
    }
  }

  @Override
  protected final void lose(Object key, Throwable cause) {
    Domain its = domain();
    if (its != null && its.key().equals(key)) {
      lose(cause);
    }
  }

  private void lose(Throwable cause) {
    if (abandon(cause)) {
      reports.lost(cause);
    }
  }

  /**
   * Takes nothing more, and lets pass what the gate holds, or whoever gives up the device would
   * wait for it for ever.
   *
   * @return whether it was not lost before; then the listener is to be told
   */
  boolean abandon(Throwable cause) {
    places.abandon();
    lock.lock();
    try {
      if (lost != null) {
        return false;
      }
      lost = cause;
      markers.clear();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the listener has heard of the loss, or is about to. */
  boolean isTold() {
    return reports.isLossTold();
  }

  /**
   * What was launched is done, or never will be: what it uses may be given back. Does nothing the
   * second time.
   */
  void tellLost(Throwable cause) {
    reports.lost(cause);
  }

  /** Waits until the stream is empty and nobody looks at it, for a queue that was abandoned. */
  void drain() {
    try {
      port.synchronize();
    } finally {
      places.close();
    }
  }

  @Override
  public final void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (lost == null) {
        places.close();
      }
    } finally {
      lock.unlock();
      leave();
    }
  }

  private void leave() {
    CompletionWatch its = watch;
    if (its != null) {
      its.remove(this);
    }
    port.leave();
  }
}
