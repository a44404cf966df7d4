package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

import org.jspecify.annotations.Nullable;

/**
 * The places that one queue puts into its stream: behind commands, to learn that they are done, and
 * before them with a gate, to hold them. The driver is asked nothing before the first.
 *
 * <p>Under the queue's lock, but for {@link #look}, {@link #hasReached}, {@link #isStopped}, {@link
 * #setGate}, {@link #abandon} and {@link #close}.
 */
final class StreamPlaces implements Gates.Gate {
  /** How long a device that passed the gate just before it closed may take to say so. */
  private static final long SETTLING_NANOS = MICROSECONDS.toNanos(20);

  private final StreamPort port;
  private final boolean gated;
  private long last;
  private boolean commandBehindLast;
  private boolean closed; // guarded by this

  private volatile @Nullable Progress progress;
  private volatile boolean shut;
  private volatile long shutNanos;
  private volatile boolean abandoned;

  StreamPlaces(StreamPort port, boolean gated) {
    this.port = port;
    this.gated = gated;
  }

  /**
   * Takes what the places need, which may wait for the device; later it is too late for a gate.
   *
   * @throws IllegalStateException if there is no room for a gate: none was made yet, and another
   *     queue is suspended, or closed ones still have theirs in the stream
   */
  void prepare() {
    if (gated && !(progress() instanceof SignalProgress)) {
      throw new IllegalStateException(
          "no room is left for the gate of another queue: open it before one is suspended, and when"
              + " closed ones have come to their end");
    }
  }

  boolean areGated() {
    return gated;
  }

  /**
   * A command comes next. A gate that the device has not come to yet serves it as well as the one
   * before.
   */
  void beforeCommand() {
    if (gated && (last == 0 || commandBehindLast || progress().hasReached(last))) {
      var _ = place();
    }
  }

  /** From here on there may be a command behind the last place. */
  void afterCommand() {
    commandBehindLast = true;
  }

  /** Puts a place behind everything; its number. */
  long place() {
    last = progress().place();
    commandBehindLast = false;
    return last;
  }

  boolean hasCommandBehindLast() {
    return commandBehindLast;
  }

  long last() {
    return last;
  }

  /** See {@link Progress#look}. */
  void look() {
    Progress known = progress;
    if (known != null) {
      known.look();
    }
  }

  /** Whether everything before the place is known to be done. */
  boolean hasReached(long place) {
    Progress known = progress;
    return known == null || known.hasReached(place);
  }

  /** Shuts it, as soon as no call is being made that would wait for it, or opens it. */
  void setGate(boolean open) {
    if (open) {
      openGate();
    } else {
      port.domain().gates().shut(this);
      if (abandoned) {
        openGate();
      }
    }
  }

  private void openGate() {
    Domain domain = port.domain();
    if (domain.gates().open(this)) {
      domain.later(domain.gates()::makeWaiting);
    }
  }

  @Override
  public void set(boolean open) {
    if (progress instanceof SignalProgress signals) {
      signals.setGate(open);
    }
    shutNanos = System.nanoTime();
    shut = !open;
  }

  /**
   * The gate is open from now on. Asks nothing of the driver, and needs no lock: who holds it may
   * be waiting in the driver for this.
   */
  void abandon() {
    abandoned = true;
    if (gated) {
      openGate();
    }
  }

  /** Whether the closed gate has stopped the stream. */
  boolean isStopped() {
    return shut
        && progress instanceof SignalProgress signals
        && System.nanoTime() - shutNanos >= SETTLING_NANOS
        && signals.standsStill();
  }

  private Progress progress() {
    Progress known = progress;
    if (known == null) {
      known = port.openProgress(gated);
      progress = known;
    }
    return known;
  }

  /** No more are put; what is still in the stream passes. Does nothing the second time. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (gated) {
      openGate();
    }
    Progress known = progress;
    if (known != null) {
      known.close();
    }
  }
}
