package dev.overtake.cli;

import java.util.Locale;

/**
 * What {@code overtake doctor} found out about one mechanism.
 *
 * @param check what was tried
 * @param result how it went
 * @param found what there is, in words
 * @param advice what to do about it; empty if nothing has to be done
 */
record Finding(String check, Result result, String found, String advice) {
  /** How a check went. Only what failed keeps programs from being scheduled. */
  enum Result {
    OK,
    WARNING,
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Result.OK, found, "");
  }

  static Finding warning(String check, String found, String advice) {
    return new Finding(check, Result.WARNING, found, advice);
  }

  static Finding failed(String check, String found, String advice) {
    return new Finding(check, Result.FAILED, found, advice);
  }
}
