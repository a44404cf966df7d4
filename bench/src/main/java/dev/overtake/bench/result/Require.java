package dev.overtake.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * Range checks of the records. JSON has no NaN and no infinity, so a record that held one could be
 * written but not read back: it is refused where it is made.
 */
final class Require {
  private Require() {}

  /** Zero or more, and finite. */
  static void amount(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be finite and not negative, is " + value);
    }
  }

  /** {@link #amount} for a value that may be absent. */
  static void amountIfPresent(String name, @Nullable Double value) {
    if (value != null) {
      amount(name, value);
    }
  }

  /** Zero or more. */
  static void count(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, is " + value);
    }
  }

  /** Between 0 and 1. */
  static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, is " + value);
    }
  }
}
