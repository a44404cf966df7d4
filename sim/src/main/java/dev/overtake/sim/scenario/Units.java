package dev.overtake.sim.scenario;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How quantities are written: with their unit, so that nobody has to guess it. */
final class Units {
  private static final String NUMBER = "(\\d{1,15}(?:\\.\\d{1,9})?)";
  private static final Pattern TIME = Pattern.compile(NUMBER + " ?(ns|us|µs|ms|s|m|h)");
  private static final Pattern RATE = Pattern.compile(NUMBER + " ?/ ?(s|m|h)");
  private static final Pattern PERCENT = Pattern.compile(NUMBER + " ?%");
  private static final Pattern PLAIN = Pattern.compile(NUMBER);

  /** About eleven days: nobody simulates more, and sums of such times are still a long. */
  private static final double MOST_NANOS = 1e15;

  private static final String A_TIME =
      "a time with its unit (ns, us, ms, s, m, h), such as 300us or 2ms, at most 1000000s";

  private Units() {}

  /** A time of 0 or more, in nanoseconds; 0 needs no unit. */
  static long nanos(Value value) {
    String text = value.text(A_TIME);
    if (text.equals("0")) {
      return 0;
    }
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw value.wrong(A_TIME);
    }
    double nanos = Double.parseDouble(matcher.group(1)) * nanosPer(matcher.group(2));
    if (nanos > MOST_NANOS) {
      throw value.wrong(A_TIME);
    }
    return Math.round(nanos);
  }

  /** A time above 0, in nanoseconds. */
  static long nanosAboveZero(Value value) {
    long nanos = nanos(value);
    if (nanos == 0) {
      throw value.wrong("a time above 0");
    }
    return nanos;
  }

  /** So many a second. */
  static double perSecond(Value value) {
    String expected = "a rate above 0 with its unit (/s, /m, /h), such as 20/s";
    Matcher matcher = RATE.matcher(value.text(expected));
    double rate = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (rate <= 0) {
      throw value.wrong(expected);
    }
    return rate * 1e9 / nanosPer(matcher.group(2));
  }

  /** A percentage above 0, at most 100. */
  static double percent(Value value) {
    String expected = "a percentage above 0 and at most 100, such as 75%";
    Matcher matcher = PERCENT.matcher(value.text(expected));
    double percent = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (percent <= 0 || percent > 100) {
      throw value.wrong(expected);
    }
    return percent;
  }

  /** A number of 0 or more without a unit. */
  static double number(Value value) {
    String expected = "a number of 0 or more without a unit, such as 12";
    Matcher matcher = PLAIN.matcher(value.text(expected));
    if (!matcher.matches()) {
      throw value.wrong(expected);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** A whole number from {@code min} to {@code max}. */
  static int integer(Value value, int min, int max) {
    String expected = "a whole number from %d to %d".formatted(min, max);
    String text = value.text(expected);
    if (!text.matches("-?\\d{1,9}")) {
      throw value.wrong(expected);
    }
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      throw value.wrong(expected);
    }
    return number;
  }

  private static double nanosPer(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      default -> 3600e9;
    };
  }
}
