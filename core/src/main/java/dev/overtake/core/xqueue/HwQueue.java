package dev.overtake.core.xqueue;

/**
 * A hardware queue as one {@link XQueue} sees it: what a platform implements (CUstream,
 * hipStream_t, cl_command_queue, host executor). Commands run in the order in which they were
 * launched. If the hardware queue is shared, each XQueue has an {@code HwQueue} of its own that
 * feeds it.
 *
 * <p><b>Threads.</b> The XQueue calls {@link #launch}, {@link #marker}, {@link #deactivate}, {@link
 * #reactivate}, {@link #interrupt} and {@link #restore} one at a time, from whichever thread
 * brought the occasion: a submitter, a scheduler, or the platform's own thread within a {@link
 * Listener} call. A platform whose driver keeps a context per thread sets it in these calls. None
 * of them may wait for a command to finish.
 *
 * <p><b>Levels.</b> Only what {@link #maxLevel} names is ever called: {@code deactivate} and {@code
 * reactivate} from {@link PreemptionLevel#L2} on, {@code interrupt} and {@code restore} at {@link
 * PreemptionLevel#L3}. They come in nested pairs: deactivate, interrupt, restore, reactivate. A
 * platform implements those that its hardware reaches.
 */
public interface HwQueue extends AutoCloseable {
  /**
   * Where the platform reports what became of launched commands. It may be called by any thread,
   * also from within {@link HwQueue#launch} and {@link HwQueue#marker} of the same queue, but with
   * no lock held that those methods take. It launches what may now be launched before it returns.
   * It must not wait for a thread that waits for a queue of the same device: the platform may have
   * only the calling thread to see that commands end.
   */
  interface Listener {
    /**
     * Everything launched before the marker of this number has finished. Skipping a number and
     * reporting a later one is allowed.
     */
    void completed(long marker);

    /** A launched command ended with an error. Reported before a marker behind the command is. */
    void failed(Command command, Throwable cause);

    /**
     * The device is gone, or done with what was launched and of no more use: nothing of that will
     * be reported any more, and what the commands use is let go.
     */
    void lost(Throwable cause);
  }

  /**
   * Connects the queue to its only listener, before anything is launched.
   *
   * @throws IllegalStateException if it has one already
   * @throws DeviceLostException if the device is gone
   */
  void attach(Listener listener);

  /** The device behind the queue: queues compete if their device names are equal. */
  String device();

  /** The class of commands that the queue can launch. */
  Class<? extends Command> commandType();

  /** The highest level that the hardware reaches on this queue. */
  PreemptionLevel maxLevel();

  /**
   * Hands a command to the hardware and returns.
   *
   * @param command of the type {@link #commandType}
   * @throws RuntimeException if the hardware refused it; the command fails, and the next is
   *     launched
   */
  void launch(Command command);

  /**
   * Asks for {@link Listener#completed} once everything launched so far has finished. What the
   * hardware refuses while commands run is placed later, or ends in {@link Listener#lost} when it
   * is done with them. Of a queue that is lost, nothing is asked.
   *
   * @param number rises from call to call
   * @throws RuntimeException if nothing that was launched runs any more; the queue then counts as
   *     lost, and what its commands use is let go
   */
  void marker(long number);

  /**
   * For how long a thread that waits for a command keeps its processor, in nanoseconds, before it
   * gives it up; 0 where commands run on the processors themselves, and may want it.
   */
  default long spinNanos() {
    return 0;
  }

  /**
   * Waits until nothing of this queue executes: all that was launched has finished or, at a level
   * that stopped it, will not go on before it is let. May be called by any thread, but not by one
   * on which the platform executes commands.
   *
   * @throws IllegalStateException if the calling thread executes the platform's commands
   */
  void synchronize() throws InterruptedException;

  /** L2: launched commands that have not started do not start; a platform may let the next one. */
  default void deactivate() {
    throw notReached();
  }

  /** L2: undoes {@link #deactivate}; the commands run in their order. */
  default void reactivate() {
    throw notReached();
  }

  /** L3: the running command stops at its next preemption point. */
  default void interrupt() {
    throw notReached();
  }

  /** L3: undoes {@link #interrupt}; the command goes on where it stopped. */
  default void restore() {
    throw notReached();
  }

  /** Gives up the hardware queue. Everything launched has finished before, or was lost. */
  @Override
  void close();

  private UnsupportedOperationException notReached() {
    return new UnsupportedOperationException(
        "%s reaches level %s: nobody asks it for more".formatted(device(), maxLevel()));
  }
}
