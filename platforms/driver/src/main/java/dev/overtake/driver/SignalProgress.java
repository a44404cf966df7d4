package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Progress that the device itself writes into memory of the host, with a gate at each place: the
 * device waits there until the gate's word says that it is open. Closing the word thereby stops
 * what has been launched and has not started.
 *
 * <p>A place is three operations in the stream:
 *
 * <pre>{@code
 * write  progress = 2 * place          everything before is done
 * wait   gate == OPEN
 * write  progress = 2 * place + 1      what comes behind may be running
 * }</pre>
 *
 * <p>So an even number means that nothing runs, an odd one that something may. The device's numbers
 * are 32 bits wide and wrap, and are compared by their difference; places do not.
 */
public abstract non-sealed class SignalProgress implements Progress {
  /** What the device waits for in the gate's word. */
  public static final int OPEN = 1;

  private static final int CLOSED = 0;

  /** How long a device that works may take for nothing, and a shut gate is watched. */
  private static final long PATIENCE_NANOS = SECONDS.toNanos(2);

  private static final long WATCH_NANOS = MICROSECONDS.toNanos(200);

  /** Between two looks of a thread that runs there is less. */
  private static final long STANDSTILL_NANOS = MILLISECONDS.toNanos(1);

  private static final VarHandle INT = JAVA_INT.varHandle();

  private final MemorySegment progress;
  private final MemorySegment gate;
  private long placed;

  /**
   * @param progress the word that the device writes, at its start
   * @param gate the word that it waits for, likewise
   * @param placed behind which place it starts: 0, but in tests of what comes after thousands of
   *     millions
   */
  @SuppressWarnings("this-escape") // into words of memory
  protected SignalProgress(MemorySegment progress, MemorySegment gate, long placed) {
    this.progress = progress;
    this.gate = gate;
    this.placed = placed;
    INT.setVolatile(progress, 0L, lastWord());
    setGate(true);
  }

  /**
   * Puts the operations of a place into the stream.
   *
   * @param reached what is written first; one more is what is written last
   */
  protected abstract void put(int reached);

  @Override
  public final long place() {
    long place = placed + 1;
    put(word(place));
    placed = place;
    return place;
  }

  /** Words are looked at when somebody wants to know. */
  @Override
  public final void look() {}

  @Override
  public final boolean hasReached(long place) {
    return progress() - word(place) >= 0;
  }

  /** What the device writes at this place. */
  private static int word(long place) {
    return (int) (2 * place);
  }

  /** What it writes last. */
  private int lastWord() {
    return placed == 0 ? 0 : word(placed) + 1;
  }

  /** Whether the device has done all that was placed, and will not touch the words any more. */
  public final boolean isQuiet() {
    return progress() == lastWord();
  }

  /** Whether the device says that it stands at a gate, or before any. */
  public final boolean standsStill() {
    return progress() % 2 == 0;
  }

  /** Lets the device pass, or not, from now on. */
  public final void setGate(boolean open) {
    INT.setVolatile(gate, 0L, open ? OPEN : CLOSED);
  }

  /**
   * Tries it: whether the device comes to the shut gate, stays there, and goes on when it is
   * opened. In a stream in which there is nothing; waits, for seconds where it fails.
   *
   * @throws RuntimeException what {@link #put} throws
   */
  public final boolean works() {
    try {
      setGate(false);
      long place = place();
      boolean came = isSoon(PATIENCE_NANOS, () -> hasReached(place));
      boolean stayed = came && !isSoon(WATCH_NANOS, () -> !standsStill());
      setGate(true);
      return stayed && isSoon(PATIENCE_NANOS, this::isQuiet);
    } finally {
      setGate(true);
    }
  }

  /** Whether it becomes true; a thread that stood still meanwhile has not waited for it. */
  private static boolean isSoon(long nanos, BooleanSupplier condition) {
    long last = System.nanoTime();
    long waited = 0;
    while (!condition.getAsBoolean()) {
      if (waited > nanos) {
        return false;
      }
      Thread.onSpinWait();
      long now = System.nanoTime();
      waited += Math.min(now - last, STANDSTILL_NANOS);
      last = now;
    }
    return true;
  }

  private int progress() {
    return (int) INT.getAcquire(progress, 0L);
  }
}
