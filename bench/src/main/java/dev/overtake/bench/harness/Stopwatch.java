package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;

/**
 * Takes on the device the time of each command of a pass; of one pass at a time. A pass is
 * submitted by one thread, and its times may be asked for by another.
 */
public interface Stopwatch extends AutoCloseable {
  /**
   * A command that does what the given one does, and takes its time.
   *
   * @param place of the command in the pass, from 0
   */
  Command timed(int place, Command command);

  /**
   * How long the command at this place took, nanoseconds; to be asked once the pass is done.
   *
   * @throws RuntimeException if the device has failed meanwhile; its message says how
   */
  long nanos(int place);

  /** Also while the device still runs what is timed; then nobody may ask any more. */
  @Override
  void close();
}
