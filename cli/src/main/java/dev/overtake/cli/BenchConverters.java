package dev.overtake.cli;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.model.ModelException;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.suite.Profile;
import dev.overtake.bench.suite.Suite;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How {@link BenchCommand} reads what is typed after its options. */
final class BenchConverters {
  private BenchConverters() {}

  /** {@code test1} to {@code test5}. */
  static final class SuiteConverter implements ITypeConverter<Suite> {
    @Override
    public Suite convert(String text) {
      try {
        return Suite.valueOf(text.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "there is no test '%s': give one of %s".formatted(text, Suite.labels()));
      }
    }
  }

  /** The label of a {@link Profile}. */
  static final class ProfileConverter implements ITypeConverter<Profile> {
    @Override
    public Profile convert(String text) {
      for (Profile profile : Profile.values()) {
        if (profile.toString().equals(text)) {
          return profile;
        }
      }
      throw new TypeConversionException(
          "'%s' is not a profile: give default, seed or seed-libtorch".formatted(text));
    }
  }

  /** {@code periodic} or {@code poisson}. */
  static final class ArrivalsConverter implements ITypeConverter<Arrivals> {
    @Override
    public Arrivals convert(String text) {
      return switch (text) {
        case "periodic" -> Arrivals.PERIODIC;
        case "poisson" -> Arrivals.POISSON;
        default ->
            throw new TypeConversionException(
                "'%s' is not a kind of arrivals: give periodic or poisson".formatted(text));
      };
    }
  }

  /** See {@link Mode#parse}. */
  static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String text) {
      try {
        return Mode.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** See {@link Shape#parse}. */
  static final class ShapeConverter implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String text) {
      try {
        return Shape.parse(text);
      } catch (ModelException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * A length of time as in {@code 90s}, {@code 2m}, {@code 1h} or {@code 500ms}; a bare number is
   * seconds.
   */
  static final class SecondsConverter implements ITypeConverter<Double> {
    // Not all that parseDouble takes: it reads 90d as 90.
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,6})?)(ms|s|m|h)?");

    @Override
    public Double convert(String text) {
      Matcher matcher = SYNTAX.matcher(text);
      double seconds = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
      if (seconds > 0) {
        return switch (matcher.group(2)) {
          case "ms" -> seconds / 1000;
          case "m" -> seconds * 60;
          case "h" -> seconds * 3600;
          case null, default -> seconds;
        };
      }
      throw new TypeConversionException(
          "'%s' is not a length of time above 0: give 90s, 2m or 500ms".formatted(text));
    }
  }
}
