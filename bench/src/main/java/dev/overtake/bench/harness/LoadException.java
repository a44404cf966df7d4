package dev.overtake.bench.harness;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The load of a trial cannot be made ready, or could not go on: a command of a client failed. */
public final class LoadException extends RuntimeException {
  /** The message is one line: what could not go on, why, and what to do about it. */
  public LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The message says what could not go on, and why; of an error also the kind. */
  public static LoadException because(String what, Throwable cause) {
    return new LoadException(
        what
            + ": "
            + (cause instanceof Error
                ? cause.toString()
                : Objects.requireNonNullElse(cause.getMessage(), cause.toString())),
        cause);
  }
}
