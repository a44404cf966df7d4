package dev.overtake.bench.result;

import java.io.IOException;

/** A file that was given as results cannot be taken as such. The message is one line. */
public final class ResultsFormatException extends IOException {
  ResultsFormatException(String message, Throwable cause) {
    super(message, cause);
  }

  ResultsFormatException(String message) {
    super(message);
  }
}
