package dev.overtake.driver;

import dev.overtake.core.xqueue.Command;

/** Where a command tells that it failed, if it learns that later than when it was launched. */
@FunctionalInterface
public interface FailureReport {
  /** May be called by any thread, before the marker behind the command is reached. */
  void failed(Command command, Throwable cause);
}
