package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Where the markers of one queue stand in its stream, and the one that the driver has refused.
 * Under the queue's lock, but for {@link #isAwaited}, {@link #oldestPlace} and {@link #isRefused}.
 */
final class StreamMarkers {
  private static final System.Logger LOGGER = System.getLogger(StreamMarkers.class.getName());
  private static final long LONG_REFUSED_NANOS = SECONDS.toNanos(2);
  private static final long NONE = 0;

  private final StreamPort port;
  private final StreamPlaces places;
  private final MarkerRing placed = new MarkerRing();

  private volatile long oldestPlace;

  /** The newest marker that the driver refused and behind which no other was placed, or none. */
  private volatile long refused;

  /** Since when the driver has refused markers; 0 while it does not. */
  private long refusedNanos;

  private boolean refusalLogged;

  StreamMarkers(StreamPort port, StreamPlaces places) {
    this.port = port;
    this.places = places;
  }

  /** Whether somebody waits for the device to come to one. */
  boolean isAwaited() {
    return oldestPlace != 0 || isRefused();
  }

  /** Of those that have not been taken; 0 if there are none. */
  long oldestPlace() {
    return oldestPlace;
  }

  boolean isRefused() {
    return refused != NONE;
  }

  /**
   * Places a marker now or, if the driver refuses, later: the device may be using what the commands
   * before it keep, so nobody may take them for ended before it has said so.
   *
   * @return why not now; null if it was placed, or is when a capture has ended that is in its way
   * @throws RuntimeException the driver's, if the device does nothing any more
   */
  @Nullable Throwable tryToPlace(long number) {
    try {
      place(number);
      return null;
    } catch (RuntimeException | Error e) {
      if (e instanceof DriverStatus status && status.isLasting()) {
        throw e;
      }
      refused = number;
      logRefusal(e);
      return e instanceof DriverStatus status && status.isOfCapture() ? null : e;
    }
  }

  /** The same for the one that was refused; null, too, if there is none. */
  @Nullable Throwable tryToPlaceRefused() {
    return isRefused() ? tryToPlace(refused) : null;
  }

  /** Places one that nobody is told of, but whoever was to be told of a refused one. */
  void place() {
    place(NONE);
  }

  private void place(long number) {
    placed.add(Math.max(number, refused), places.place());
    refused = NONE;
    refusedNanos = 0;
    oldestPlace = placed.firstPlace();
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
          port.device(),
          refusal.getMessage());
    }
  }

  /** Takes out those that the device is known to have come to; the newest one's number, or 0. */
  long takeReached() {
    long reached = NONE;
    while (!placed.isEmpty() && places.hasReached(placed.firstPlace())) {
      reached = Math.max(reached, placed.removeFirst());
    }
    oldestPlace = placed.isEmpty() ? 0 : placed.firstPlace();
    return reached;
  }

  /** Nobody waits for any of them. */
  void clear() {
    placed.clear();
    oldestPlace = 0;
    refused = NONE;
  }
}
