package dev.overtake.bench.page;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How figures are written, the same on the terminal and in the page, whatever the locale. */
public final class Numbers {
  /** Stands for a figure that does not exist. */
  public static final String ABSENT = "-";

  private static final double FACTOR_WITHOUT_DECIMALS = 100;

  private Numbers() {}

  public static String twoDecimals(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  public static String oneDecimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** A share as a signed percentage: 0.007 is {@code +0.7 %}. */
  public static String change(@Nullable Double share) {
    if (share == null) {
      return ABSENT;
    }
    String text = String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    return text.equals("-0.0 %") ? "+0.0 %" : text;
  }

  /** A share as a whole percentage: 0.934 is {@code 93 %}. */
  public static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  /** Milliseconds with their unit, to three digits or so. */
  public static String ms(double ms) {
    String format = ms >= 100 ? "%.0f ms" : ms >= 10 ? "%.1f ms" : "%.2f ms";
    return String.format(Locale.ROOT, format, ms);
  }

  /** A factor: {@code 9.8x}. */
  public static String times(double factor) {
    String format = factor >= FACTOR_WITHOUT_DECIMALS ? "%.0fx" : factor >= 2 ? "%.1fx" : "%.2fx";
    return String.format(Locale.ROOT, format, factor);
  }

  /** Bytes in binary gigabytes. */
  public static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }

  /** A duration in minutes and seconds. */
  public static String minutes(long seconds) {
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }

  /** As many decimals as it takes, at most three: for what people typed. */
  public static String plain(double value) {
    String text = String.format(Locale.ROOT, "%.3f", value);
    return text.replaceFirst("\\.?0+$", "");
  }
}
