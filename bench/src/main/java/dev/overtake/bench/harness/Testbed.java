package dev.overtake.bench.harness;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where trials run, one at a time: sets up what each of them needs. */
public interface Testbed {
  /** What one trial puts load on. */
  interface Setup {
    /** Where the high side's requests go; null if it does not run. */
    @Nullable Requests requests();

    /** The low side; null if it does not run. */
    @Nullable BatchSide batch();

    /**
     * What the scheduler in the programs under load said for people since somebody asked last: what
     * a reader must know before trusting the figures. Empty where there is nobody to say anything.
     */
    default List<String> said() {
      return List.of();
    }

    /**
     * The trial is over: whatever has no answer yet gets one, or fails, within a bounded time. Both
     * sides know that failures are to be expected. Further calls have no effect.
     */
    void giveUp();

    /** Releases what was set up, once both sides have ended. */
    void close();
  }

  /** How long both sides work before measuring begins. */
  double warmUpSeconds();

  /**
   * How long before a due time the sender stops sleeping and spins, nanoseconds. A sleeping thread
   * wakes some 50 µs late, which is worth a spin where requests take a millisecond and the sender
   * has a processor for itself.
   */
  long spinNanos();

  /**
   * Sets up a trial.
   *
   * @throws LoadException if it cannot be
   */
  Setup setUp(Sharing sharing) throws InterruptedException;
}
