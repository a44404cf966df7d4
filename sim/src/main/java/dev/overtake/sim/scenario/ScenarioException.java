package dev.overtake.sim.scenario;

import org.jspecify.annotations.Nullable;

/**
 * A scenario cannot be used as it is written. The message is one line: the file, the line and the
 * column where possible, what stands there, and what may.
 */
public final class ScenarioException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ScenarioException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
