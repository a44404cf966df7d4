package dev.overtake.platform.cuda;

/**
 * How far the device has come in a stream: places behind commands, numbered from 1, and which of
 * them it has reached. Places are put one at a time; {@link #hasReached} may be asked by any
 * thread.
 */
sealed interface Progress permits EventProgress, SignalProgress {
  /**
   * Puts a place behind everything in the stream.
   *
   * @return its number
   */
  long place();

  /** Whether everything before the place is done. */
  boolean hasReached(long place);
}
