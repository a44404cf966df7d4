package dev.overtake.cli;

import dev.overtake.control.page.PageLayout;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How commands read the short times that hints are made of, with their unit as {@code overtake run}
 * has them: {@code 300us}, {@code 1ms}, {@code 2s}; and 0.
 */
final class TimeConverters {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,7})(us|ms|s)|0");

  private TimeConverters() {}

  private static long micros(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'%s' is not a short time: give it with its unit, such as 300us or 1ms".formatted(text));
    }
    return switch (matcher.group(2)) {
      case "s" -> Long.parseLong(matcher.group(1)) * 1_000_000;
      case "ms" -> Long.parseLong(matcher.group(1)) * 1_000;
      case "us" -> Long.parseLong(matcher.group(1));
      case null, default -> 0;
    };
  }

  /** A time, in microseconds. */
  static final class MicrosConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return Math.clamp(micros(text), 0, Integer.MAX_VALUE);
    }
  }

  /** A time, in nanoseconds. */
  static final class NanosConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return micros(text) * 1_000;
    }
  }

  /** A time, in microseconds, or {@code adaptive}. */
  static final class LingerConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return text.equals("adaptive")
          ? Integer.valueOf(PageLayout.LINGER_ADAPTIVE)
          : new MicrosConverter().convert(text);
    }
  }
}
