package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.LoadException;

/**
 * What one side of a worker is told, and tells, line by line. One thread may speak while another
 * listens.
 */
interface Exchange {
  /**
   * Sends a line.
   *
   * @throws LoadException if the process has ended
   */
  void say(String line);

  /**
   * Waits for a line.
   *
   * @throws LoadException if the process has failed or ended
   */
  String readLine();

  /** What to throw at a line that does not belong there. */
  LoadException unexpected(String line, String expected);

  /** Of the process that computes. */
  long pid();
}
