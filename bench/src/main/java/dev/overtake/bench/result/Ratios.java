package dev.overtake.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * The figures that say whether sharing was worth it. They compare with what each side reaches alone
 * on the same device, so they can be set side by side across machines. They are undefined (null)
 * where there is nothing to divide by.
 */
public final class Ratios {
  private Ratios() {}

  /**
   * How much of its latency the high side keeps: 1 is as good as alone, 5 is a tail five times as
   * long.
   *
   * @param highP99Ms P99 latency beside the low side
   * @param standaloneP99Ms P99 latency alone, in the same unit
   * @return {@code highP99Ms / standaloneP99Ms}; null if the latter is not above 0
   */
  public static @Nullable Double isolation(double highP99Ms, double standaloneP99Ms) {
    return quotient(highP99Ms, standaloneP99Ms);
  }

  /**
   * How much of the device's free time the low side turns into work: 1 is all that the high side
   * leaves. It goes above 1 where batch work also fills the gaps inside a launch-bound high side,
   * or where the high side is not served.
   *
   * @param lowRate the low side's rate beside the high side, iterations a second
   * @param standaloneLowRate its rate alone, in the same unit
   * @param highBusyShare share of time in which the high side is busy when it runs alone at the
   *     same arrival rate, 0 to 1
   * @return {@code lowRate / (standaloneLowRate * (1 - highBusyShare))}; null if nothing is left
   */
  public static @Nullable Double harvest(
      double lowRate, double standaloneLowRate, double highBusyShare) {
    return quotient(lowRate, standaloneLowRate * (1 - highBusyShare));
  }

  /**
   * What a side reaches against what it reaches alone: of a latency, 1.02 is 2 % longer; of a rate,
   * 0.98 is 2 % less. Of a side that is alone under the shim, it is what the shim costs.
   *
   * @param alone the value alone, in the same unit
   * @return {@code value / alone}; null if the latter is not above 0
   */
  public static @Nullable Double toAlone(double value, double alone) {
    return quotient(value, alone);
  }

  /**
   * Change of a value against a base, as a share of the base: -0.297 is 29.7 % less.
   *
   * @return {@code value / base - 1}; null if the base is not above 0
   */
  public static @Nullable Double change(double value, double base) {
    Double quotient = quotient(value, base);
    return quotient == null ? null : quotient - 1;
  }

  private static @Nullable Double quotient(double value, double base) {
    double quotient = value / base;
    return base > 0 && Double.isFinite(quotient) ? quotient : null;
  }
}
