package dev.overtake.driver;

/**
 * How far the device has come in a stream: places behind commands, numbered from 1, and which of
 * them it has reached. Places are put one at a time; {@link #hasReached} may be asked by any
 * thread.
 */
public sealed interface Progress extends AutoCloseable permits EventProgress, SignalProgress {
  /**
   * Puts a place behind everything in the stream.
   *
   * @return its number
   */
  long place();

  /** Whether everything before the place is done. */
  boolean hasReached(long place);

  /** No more are put; all that were have been reached. */
  @Override
  void close();
}
