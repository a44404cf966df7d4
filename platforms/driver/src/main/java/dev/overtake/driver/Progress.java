package dev.overtake.driver;

/**
 * How far the device has come in a stream: places behind commands, numbered from 1, and which of
 * them it has reached. Places are put one at a time.
 */
public sealed interface Progress extends AutoCloseable permits EventProgress, SignalProgress {
  /**
   * Puts a place behind everything in the stream.
   *
   * @return its number
   */
  long place();

  /**
   * Asks the driver which places are reached, if it has to be asked. Done by the watch's thread
   * alone, which minds nobody's captures: the question would end one.
   */
  void look();

  /** Whether everything before the place is known to be done. Any thread may ask. */
  boolean hasReached(long place);

  /**
   * No more are put, and no question is under way any more. What is in the stream may be reached
   * later.
   */
  @Override
  void close();
}
