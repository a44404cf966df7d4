package dev.overtake.cli;

import dev.overtake.control.page.LaunchHints;
import dev.overtake.core.policy.Hints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was typed after {@code overtake run}, read without picocli: that alone would take longer
 * than all the rest of the command. {@link RunCommand} has the words that explain the options.
 *
 * @param variables of the program's environment, by name; empty for one that it must not have. What
 *     is not named stays as it is.
 * @param page the control page, if it was named: an absolute path or one relative to the current
 *     folder
 * @param startDaemon whether to start the daemon if there is none
 * @param command the program and its arguments, all of them byte strings: at least one
 */
record RunOptions(
    Map<String, Optional<String>> variables,
    Optional<String> page,
    boolean startDaemon,
    List<String> command) {

  /** What was typed cannot be done, here or at all; the message says why in one line. */
  static final class WrongUseException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param message a byte string
     */
    WrongUseException(String message) {
      super(message);
    }
  }

  private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");
  private static final Set<String> FLAGS =
      Set.of("--no-daemon", "--quiet", "--verbose", "--window-active");
  private static final Set<String> OWN_VALUED =
      Set.of(
          "--priority",
          "--scope",
          "--thread",
          "--level",
          "--threshold",
          "--batch",
          "--in-flight",
          "--linger",
          "--escape",
          "--page");

  private static final Set<String> VALUED = new HashSet<>(OWN_VALUED);

  static {
    VALUED.addAll(RunHints.OPTIONS);
  }

  private static final List<String> SCOPES = List.of("process", "thread", "stream");
  private static final List<String> LEVELS = List.of("1", "2", "3");

  private static final int MAX_DIGITS = 10;
  private static final long MICROS_PER_MILLI = 1000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  /** What the shim takes, besides where {@link LaunchHints} says that it takes less. */
  private static final long MAX_MICROS = 3600 * MICROS_PER_SECOND;

  /** Whether {@code --help} or such stands among the options in the arguments of this program. */
  static boolean asksForHelp(String[] args) {
    for (int i = 1; i < args.length && args[i].startsWith("-") && !args[i].equals("--"); i++) {
      if (HELP.contains(args[i])) {
        return true;
      }
      i += VALUED.contains(args[i]) ? 1 : 0;
    }
    return false;
  }

  /** Every option, as it is typed. */
  static List<String> names() {
    var names = new ArrayList<>(FLAGS);
    names.addAll(VALUED);
    return names;
  }

  /**
   * Reads options up to the program, which is the first argument that is no option or whatever
   * stands behind {@code --}.
   *
   * @param arguments byte strings, without {@code run} itself
   */
  static RunOptions parse(List<String> arguments) throws WrongUseException {
    var reading = new Reading();
    int next = 0;
    while (next < arguments.size() && arguments.get(next).startsWith("-")) {
      String argument = arguments.get(next++);
      if (argument.equals("--")) {
        break;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (FLAGS.contains(argument)) {
        reading.flag(argument);
      } else if (!VALUED.contains(name)) {
        throw new WrongUseException("run has no option '" + argument + "'");
      } else if (equals >= 0) {
        reading.option(name, argument.substring(equals + 1));
      } else if (next < arguments.size()) {
        reading.option(name, arguments.get(next++));
      } else {
        throw new WrongUseException(name + " needs a value");
      }
    }
    return reading.finish(arguments.subList(next, arguments.size()));
  }

  /** What was read so far. */
  private static final class Reading {
    private final Map<String, Optional<String>> variables = new LinkedHashMap<>();
    private final List<String> threadRules = new ArrayList<>();
    private Optional<String> page = Optional.empty();
    private boolean startDaemon = true;

    void flag(String name) {
      switch (name) {
        case "--no-daemon" -> startDaemon = false;
        case "--quiet" -> set("OVERTAKE_LOG", "quiet");
        case "--window-active" -> set("OVERTAKE_WINDOW_ACTIVE", "1");
        default -> set("OVERTAKE_LOG", "debug");
      }
    }

    void option(String name, String value) throws WrongUseException {
      switch (name) {
        case "--priority" -> set("OVERTAKE_PRIORITY", priority(name, value));
        case "--scope" -> set("OVERTAKE_SCOPE", oneOf(name, value, SCOPES));
        case "--level" -> set("OVERTAKE_LEVEL", oneOf(name, value, LEVELS));
        case "--threshold" -> set("OVERTAKE_THRESHOLD", commands(name, value));
        case "--batch" -> set("OVERTAKE_BATCH", commands(name, value));
        case "--in-flight" ->
            set(
                "OVERTAKE_IN_FLIGHT_US",
                Long.toString(micros(name, value, 1, LaunchHints.MAX_MICROS)));
        case "--escape" -> set("OVERTAKE_ESCAPE_MS", wholeMillis(name, value));
        case "--thread" -> threadRules.add(threadRule(value));
        case "--linger" ->
            variables.put(
                "OVERTAKE_LINGER_US",
                value.equals("adaptive")
                    ? Optional.empty()
                    : Optional.of(Long.toString(micros(name, value, 0, LaunchHints.MAX_MICROS))));
        case "--page" -> {
          require(!value.isEmpty(), "--page needs the name of a file");
          page = Optional.of(value);
        }
        default -> RunHints.option(name, value, variables);
      }
    }

    RunOptions finish(List<String> command) throws WrongUseException {
      require(!command.isEmpty(), "run needs a program: overtake run [OPTIONS] -- PROGRAM [ARGS]");
      require(
          variables.containsKey("OVERTAKE_THRESHOLD") == variables.containsKey("OVERTAKE_BATCH"),
          "--threshold and --batch belong together: give both or neither");
      if (variables.containsKey("OVERTAKE_THRESHOLD")) {
        require(
            !variables.containsKey("OVERTAKE_IN_FLIGHT_US"),
            "--in-flight bounds by time, --threshold and --batch by commands: give one of them");
        require(
            number(variables, "OVERTAKE_BATCH") <= number(variables, "OVERTAKE_THRESHOLD"),
            "--batch is above --threshold, so the queue would wait for a marker that never comes");
      }
      if (variables.containsKey("OVERTAKE_IN_FLIGHT_US")) { // else the environment's go first
        variables.put("OVERTAKE_THRESHOLD", Optional.empty());
        variables.put("OVERTAKE_BATCH", Optional.empty());
      }
      RunHints.check(variables);
      if (!threadRules.isEmpty()) {
        set("OVERTAKE_THREADS", String.join(",", threadRules));
      }
      return new RunOptions(variables, page, startDaemon, List.copyOf(command));
    }

    private void set(String variable, String value) {
      variables.put(variable, Optional.of(value));
    }
  }

  /** The number in a variable that was set, or 0. */
  static long number(Map<String, Optional<String>> variables, String name) {
    return variables.getOrDefault(name, Optional.empty()).map(Long::parseLong).orElse(0L);
  }

  static String priority(String name, String value) throws WrongUseException {
    boolean negative = value.startsWith("-");
    long magnitude = number(negative ? value.substring(1) : value, Hints.MAX_PRIORITY);
    if (magnitude < 0) {
      throw notThat(name, value, "give a number from -255 to 255, larger for more urgent");
    }
    return Long.toString(negative ? -magnitude : magnitude);
  }

  private static String oneOf(String name, String value, List<String> choices)
      throws WrongUseException {
    if (!choices.contains(value)) {
      throw notThat(name, value, "give one of " + String.join(", ", choices));
    }
    return value;
  }

  private static String commands(String name, String value) throws WrongUseException {
    long count = number(value, LaunchHints.MAX_THRESHOLD);
    if (count < 1) {
      throw notThat(name, value, "give 1 to " + LaunchHints.MAX_THRESHOLD);
    }
    return Long.toString(count);
  }

  /** The last equals sign parts a rule: a regular expression may have some of its own. */
  private static String threadRule(String value) throws WrongUseException {
    int equals = value.lastIndexOf('=');
    if (equals < 1) {
      throw notThat("--thread", value, "give REGEX=PRIORITY, such as 'serve-.*=10'");
    }
    if (value.indexOf(',') >= 0) {
      throw notThat("--thread", value, "an expression cannot have a comma, which parts rules");
    }
    return value.substring(0, equals + 1)
        + priority("the priority in --thread", value.substring(equals + 1));
  }

  private static String wholeMillis(String name, String value) throws WrongUseException {
    long micros = micros(name, value);
    if (micros % MICROS_PER_MILLI != 0) {
      throw notThat(name, value, "give whole milliseconds, such as 100ms");
    }
    return Long.toString(micros / MICROS_PER_MILLI);
  }

  /** A length of time, up to an hour. */
  static long micros(String name, String value) throws WrongUseException {
    return micros(name, value, 1, MAX_MICROS);
  }

  /**
   * A length of time with its unit: {@code 300us}, {@code 1ms}, {@code 2s}.
   *
   * @param most whole seconds
   */
  private static long micros(String name, String value, long least, long most)
      throws WrongUseException {
    long micros = -1;
    if (value.endsWith("us")) {
      micros = number(value.substring(0, value.length() - 2), MAX_MICROS);
    } else if (value.endsWith("ms")) {
      micros = number(value.substring(0, value.length() - 2), MAX_MICROS) * MICROS_PER_MILLI;
    } else if (value.endsWith("s")) {
      micros = number(value.substring(0, value.length() - 1), MAX_MICROS) * MICROS_PER_SECOND;
    }
    if (micros < least || micros > most) {
      throw notThat(
          name,
          value,
          "give a length of time from "
              + least
              + "us to "
              + most / MICROS_PER_SECOND
              + "s, such as 300us or 1ms");
    }
    return micros;
  }

  /** A number of decimal digits alone, or -1 if it is none or is above {@code max}. */
  static long number(String digits, long max) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return -1;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return -1;
      }
    }
    long number = Long.parseLong(digits);
    return number <= max ? number : -1;
  }

  static WrongUseException notThat(String name, String value, String advice) {
    return new WrongUseException(name + " is '" + value + "': " + advice);
  }

  static void require(boolean condition, String message) throws WrongUseException {
    if (!condition) {
      throw new WrongUseException(message);
    }
  }
}
