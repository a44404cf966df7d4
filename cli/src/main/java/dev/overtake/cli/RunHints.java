package dev.overtake.cli;

import dev.overtake.cli.RunOptions.WrongUseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of {@code overtake run} that say something to a policy other than HPF, as {@code
 * overtake hint} says it later. They become variables in which the shim finds numbers alone.
 */
final class RunHints {
  static final Set<String> OPTIONS =
      Set.of(
          "--utilization",
          "--timeslice",
          "--deadline",
          "--laxity",
          "--lax-priority",
          "--critical-priority",
          "--target",
          "--percentile");

  private static final String LAXITY = "OVERTAKE_LAXITY_US";
  private static final String LAX = "OVERTAKE_LAX_PRIORITY";
  private static final String CRITICAL = "OVERTAKE_CRITICAL_PRIORITY";
  private static final String TARGET = "OVERTAKE_TARGET_US";
  private static final String PERCENTILE = "OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS";

  private static final int MAX_PERCENT = 100;
  private static final int HUNDREDTHS = 100;

  private RunHints() {}

  /** Puts one of {@link #OPTIONS} among the variables. */
  static void option(String name, String value, Map<String, Optional<String>> variables)
      throws WrongUseException {
    switch (name) {
      case "--utilization" -> set(variables, "OVERTAKE_UTILIZATION_PERCENT", percent(name, value));
      case "--timeslice" -> set(variables, "OVERTAKE_TIMESLICE_US", micros(name, value));
      case "--deadline" -> set(variables, "OVERTAKE_DEADLINE_US", micros(name, value));
      case "--laxity" -> set(variables, LAXITY, micros(name, value));
      case "--lax-priority" -> set(variables, LAX, RunOptions.priority(name, value));
      case "--critical-priority" -> set(variables, CRITICAL, RunOptions.priority(name, value));
      case "--target" -> set(variables, TARGET, micros(name, value));
      default -> set(variables, PERCENTILE, hundredths(name, value));
    }
  }

  /** Checks that what belongs together was given together. */
  static void check(Map<String, Optional<String>> variables) throws WrongUseException {
    boolean laxity = variables.containsKey(LAXITY);
    RunOptions.require(
        laxity == variables.containsKey(LAX) && laxity == variables.containsKey(CRITICAL),
        "--laxity, --lax-priority and --critical-priority belong together: give all or none");
    if (laxity) {
      RunOptions.require(
          RunOptions.number(variables, CRITICAL) >= RunOptions.number(variables, LAX),
          "--critical-priority is below --lax-priority: a queue gets more urgent by waiting");
    }
    RunOptions.require(
        variables.containsKey(TARGET) || !variables.containsKey(PERCENTILE),
        "--percentile goes with --target: give it");
  }

  private static void set(Map<String, Optional<String>> variables, String name, String value) {
    variables.put(name, Optional.of(value));
  }

  private static String micros(String name, String value) throws WrongUseException {
    return Long.toString(RunOptions.micros(name, value));
  }

  private static String percent(String name, String value) throws WrongUseException {
    String digits = value.endsWith("%") ? value.substring(0, value.length() - 1) : value;
    long percent = RunOptions.number(digits, MAX_PERCENT);
    if (percent < 1) {
      throw RunOptions.notThat(name, value, "give 1% to 100%");
    }
    return Long.toString(percent);
  }

  /** Above 0 and below 100, with two digits behind the point at most. */
  private static String hundredths(String name, String value) throws WrongUseException {
    int point = value.indexOf('.');
    String whole = point < 0 ? value : value.substring(0, point);
    String part = point < 0 ? "0" : value.substring(point + 1);
    long wholes = RunOptions.number(whole, MAX_PERCENT);
    long parts = part.length() > 2 ? -1 : RunOptions.number(part, HUNDREDTHS);
    long hundredths = wholes * HUNDREDTHS + (part.length() == 1 ? 10 * parts : parts);
    if (wholes < 0 || parts < 0 || hundredths < 1 || hundredths >= MAX_PERCENT * HUNDREDTHS) {
      throw RunOptions.notThat(name, value, "give 0.01 to 99.99, such as 99 or 99.9");
    }
    return Long.toString(hundredths);
  }
}
