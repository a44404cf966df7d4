package dev.overtake.sim.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What the records here have in common in what they refuse. */
final class Check {
  private Check() {}

  static void given(String what, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(what + " has no name: give one");
    }
  }

  static void notNegative(String what, long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("%s is %d ns: give 0 or more".formatted(what, nanos));
    }
  }

  static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s is %d: give more than 0".formatted(what, value));
    }
  }

  static void atLeast(String what, double value, double least) {
    if (!(value >= least) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s is %s: give a number of at least %s".formatted(what, value, least));
    }
  }

  static void positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("%s is %s: give a number above 0".formatted(what, value));
    }
  }

  static void notEmpty(String what, List<?> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(what + ": give at least one");
    }
  }

  /** Two things of one name could not be told apart in the results. */
  static <T> void distinct(String what, List<T> values, Function<T, String> name) {
    Set<String> names = new HashSet<>();
    for (T value : values) {
      if (!names.add(name.apply(value))) {
        throw new IllegalArgumentException(
            "two %s are named %s: give each a name of its own".formatted(what, name.apply(value)));
      }
    }
  }
}
