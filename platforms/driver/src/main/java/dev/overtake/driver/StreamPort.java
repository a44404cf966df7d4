package dev.overtake.driver;

import dev.overtake.core.xqueue.Command;
import org.jspecify.annotations.Nullable;

/**
 * A driver's stream as a {@link StreamQueue} sees it: all that a platform of this kind implements.
 * Whatever the driver wants to be current in a thread, a context or a device, is set in the calls
 * and is as it was after them. None of them waits for a command but {@link #synchronize}.
 *
 * <p>Thread-safe, but {@link #launch} is called by one thread at a time. A status of the driver's
 * is thrown as an exception that is a {@link DriverStatus}.
 */
public interface StreamPort {
  /** The driver's name for messages, such as {@code CUDA}. */
  String api();

  /** The device by its place in the machine, which is the same in every process. */
  String device();

  /** Who looks how far the device has come. */
  CompletionWatch watch();

  /** What fails together with this stream. Found out when it is first asked for. */
  Domain domain();

  /** The same; null if nobody has found it out yet, since nothing was launched. */
  @Nullable Domain knownDomain();

  /**
   * Puts the command into the stream.
   *
   * @throws RuntimeException if it cannot be put there, as into one that is being captured: it
   *     would be a part of that, and not run
   */
  void launch(Command command, FailureReport failures);

  /**
   * What tells how far the device comes in the stream.
   *
   * @param gated whether a {@link SignalProgress} is wanted, which can hold commands
   * @return one of another kind if there is no room for such a one now
   */
  Progress openProgress(boolean gated);

  /**
   * Whether everything in the stream is done.
   *
   * @throws RuntimeException if it is being captured, which the question would end
   */
  boolean isDone();

  /**
   * Waits until everything in the stream is done, or will never be.
   *
   * @throws RuntimeException if it is being captured, which the call would end
   */
  void synchronize();

  /** A queue does not use it any more. */
  void leave();
}
