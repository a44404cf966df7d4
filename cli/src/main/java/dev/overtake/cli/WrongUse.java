package dev.overtake.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What is said to somebody who uses a command wrongly.
 *
 * @param commandLine of the command
 */
record WrongUse(CommandLine commandLine) {
  /** What to throw, with this message. */
  ParameterException wrong(String message) {
    return new ParameterException(commandLine, message);
  }

  /**
   * Checks a condition.
   *
   * @param message as for {@link String#format}, if it does not hold
   */
  @SuppressWarnings("AnnotateFormatMethod")
  void require(boolean condition, String message, @Nullable Object... arguments) {
    if (!condition) {
      throw wrong(message.formatted(arguments));
    }
  }

  /** Checks the value of an option that may have been left out. */
  void requirePositive(String option, @Nullable Integer value) {
    require(value == null || value >= 1, "%s is %d: give 1 or more", option, value);
  }
}
