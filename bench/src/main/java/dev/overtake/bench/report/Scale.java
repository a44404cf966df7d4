package dev.overtake.bench.report;

import java.util.Locale;

/**
 * Places values along a figure's width.
 *
 * @param from value at the left edge
 * @param to value at the right edge; above {@code from}
 * @param logarithmic whether equal factors are equal distances; {@code from} is then above 0
 */
record Scale(double from, double to, boolean logarithmic) {

  /** The place of a value as a CSS percentage; values outside stick to the edge. */
  String place(double value) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * fraction(value));
  }

  private double fraction(double value) {
    double fraction =
        logarithmic
            ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
            : (value - from) / (to - from);
    return Math.clamp(fraction, 0, 1);
  }
}
