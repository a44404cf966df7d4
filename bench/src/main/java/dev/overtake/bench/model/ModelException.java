package dev.overtake.bench.model;

import org.jspecify.annotations.Nullable;

/**
 * A model that cannot be used as it was given. The message is one line for the person who named the
 * model: what was asked, what was found, and what to do.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModelException(String message) {
    this(message, null);
  }

  ModelException(String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Causes bring line breaks of their own: protobuf and ONNX Runtime both write paragraphs. */
  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
