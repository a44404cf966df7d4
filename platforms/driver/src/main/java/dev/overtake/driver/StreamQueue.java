package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  private static final long LONG_REFUSED_NANOS = SECONDS.toNanos(2);

  private static final System.Logger LOGGER = System.getLogger(StreamQueue.class.getName());

  private static final long NOBODY = 0;

  private record Failure(Command command, Throwable cause) {}

  private final StreamPort port;
  private final StreamPlaces places;
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final FailureReport failureReport =
      (command, cause) -> failures.add(new Failure(command, cause));

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock; the volatile ones are read without it.
  private final MarkerRing markers = new MarkerRing();
  private volatile @Nullable Throwable lost;

  /** Whether it was lost only when the stream was empty, and the driver works as ever. */
  private boolean lostWhenDone;

  private boolean lossTold;

  private @Nullable Listener listener;
  private volatile @Nullable CompletionWatch watch;
  private volatile boolean closed;

  /** The place of the oldest marker that has not been reported, or 0. */
  private volatile long awaitedPlace;

  /** The newest marker that the driver refused and behind which no other was placed, or 0. */
  private volatile long unplaced;

  /** Since when the driver has refused markers; 0 while it does not. Under the lock. */
  private long refusedNanos;

  private boolean refusalLogged;

  /** The watch's own. */
  private long checkedNanos;

  /**
   * @param gated whether it reaches level 2, and not only level 1
   */
  protected StreamQueue(StreamPort port, boolean gated) {
    this.port = port;
    places = new StreamPlaces(port, gated);
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
    lock.lock();
    try {
      if (this.listener != null) {
        throw new IllegalStateException(
            "the %1$s queue has an XQueue already: open one %1$s queue for each"
                .formatted(port.api()));
      }
      this.listener = listener;
    } finally {
      lock.unlock();
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
      port.launch(command, failureReport);
      places.afterCommand();
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
      var _ = tryToPlace(number);
    } catch (RuntimeException e) {
      throw translated(e);
    } finally {
      lock.unlock();
    }
    port.watch().wake();
  }

  /**
   * Places a marker now or, if the driver refuses, later: the device may be using what the commands
   * before it keep, so nobody may take them for ended before it has said so. Under the lock.
   *
   * @return why not now; null if it was placed, or is when a capture has ended that is in its way
   * @throws RuntimeException the driver's, if the device does nothing any more
   */
  private @Nullable Throwable tryToPlace(long number) {
    try {
      placeMarker(number);
      return null;
    } catch (RuntimeException | Error e) {
      if (e instanceof DriverStatus status && status.isLasting()) {
        throw e;
      }
      unplaced = number;
      logRefusal(e);
      return e instanceof DriverStatus status && status.isOfCapture() ? null : e;
    }
  }

  /** Once, when it has gone on for so long that somebody may wonder why nothing is ever done. */
  private void logRefusal(Throwable refusal) {
    long now = System.nanoTime();
    if (refusedNanos == 0) {
      refusedNanos = now;
    } else if (!refusalLogged && now - refusedNanos >= LONG_REFUSED_NANOS) {
      refusalLogged = true;
      LOGGER.log(
          Level.WARNING,
          "{0}: commands stay unfinished while the driver refuses to mark their end: {1}",
          device(),
          refusal.getMessage());
    }
  }

  /** Places a marker, which serves for one that was refused before as well. */
  private void placeMarker(long number) {
    markers.add(Math.max(number, unplaced), places.place());
    unplaced = NOBODY;
    refusedNanos = 0;
    awaitedPlace = markers.firstPlace();
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
        placeMarker(NOBODY);
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
    if (listener == null) {
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
    return awaitedPlace != 0 || unplaced != NOBODY;
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
    long place = awaitedPlace;
    try {
      if (place != 0 && looksReached(place)) {
        return report() ? 1 : 0;
      }
      if (nowNanos - checkedNanos >= CHECK_INTERVAL_NANOS) {
        checkedNanos = nowNanos;
        if (unplaced != NOBODY && !places.isStopped()) { // In a full stream it would wait there.
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
    long reached = NOBODY;
    Listener told;
    if (!lock.tryLock()) {
      return false;
    }
    try {
      told = listener;
      while (!markers.isEmpty() && places.hasReached(markers.firstPlace())) {
        reached = Math.max(reached, markers.removeFirst());
      }
      awaitedPlace = markers.isEmpty() ? 0 : markers.firstPlace();
    } finally {
      lock.unlock();
    }
    if (told == null) {
      return true;
    }
    tellFailures(told);
    if (reached != NOBODY) {
      told.completed(reached);
    }
    return true;
  }

  private void tellFailures(Listener told) {
    for (Failure failure = failures.poll(); failure != null; failure = failures.poll()) {
      told.failed(failure.command(), failure.cause());
    }
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
      refusal = unplaced == NOBODY || closed ? null : tryToPlace(unplaced);
      // Nothing is launched between the question and the loss; and what the device has told by
      // then is reported first.
      if (refusal == null || !port.isDone() || awaitedPlace != 0 || !abandon(refusal)) {
        return false;
      }
      lostWhenDone = true;
    } finally {
      lock.unlock();
    }
    tellLost(refusal);
    return true;
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
      tellLost(cause);
    }
  }

  /**
   * Takes nothing more, and lets pass what the gate holds, or whoever gives up the device would
   * wait for it for ever.
   *
   * @return whether it was not lost before; then {@link #tellLost} is to follow
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
      awaitedPlace = 0;
      unplaced = NOBODY;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the listener has heard of the loss, or is about to. */
  boolean isTold() {
    lock.lock();
    try {
      return lossTold;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What was launched is done, or never will be: what it uses may be given back. Does nothing the
   * second time.
   */
  void tellLost(Throwable cause) {
    Listener told;
    lock.lock();
    try {
      told = lossTold ? null : listener;
      lossTold = true;
    } finally {
      lock.unlock();
    }
    if (told != null) {
      tellFailures(told);
      told.lost(cause);
    }
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
      if (lost == null || lostWhenDone) {
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
