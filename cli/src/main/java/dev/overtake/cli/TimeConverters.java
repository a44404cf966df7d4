package dev.overtake.cli;

import dev.overtake.control.page.PageLayout;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How commands read the short times that hints are made of. */
final class TimeConverters {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,7})(us|ms)?");

  private TimeConverters() {}

  /** A time as in {@code 300us} or {@code 1ms}, in microseconds; a bare number is microseconds. */
  static final class MicrosConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      Matcher matcher = SYNTAX.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'%s' is not a short time: give 300us or 1ms".formatted(text));
      }
      long micros = Long.parseLong(matcher.group(1)) * ("ms".equals(matcher.group(2)) ? 1000 : 1);
      return Math.clamp(micros, 0, Integer.MAX_VALUE);
    }
  }

  /** The same, or {@code adaptive}. */
  static final class LingerConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return text.equals("adaptive")
          ? Integer.valueOf(PageLayout.LINGER_ADAPTIVE)
          : new MicrosConverter().convert(text);
    }
  }
}
