package dev.overtake.bench.harness;

import org.jspecify.annotations.Nullable;

/** A trial could not go on: a client's command failed. The cause tells why. */
public final class LoadException extends RuntimeException {
  LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
