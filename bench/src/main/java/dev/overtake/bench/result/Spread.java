package dev.overtake.bench.result;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value over the rounds of a run: noise shown as median and range.
 *
 * @param median of the rounds; the mean of the middle two if their number is even
 * @param min smallest round
 * @param max largest round
 * @param rounds how many rounds had the value; at least 1
 */
public record Spread(double median, double min, double max, int rounds) {

  /**
   * The spread of one value over a run's rounds.
   *
   * @param value picks it; rounds for which it is null are left out
   * @return empty if no round has it
   */
  public static Optional<Spread> of(Run run, Function<RoundResult, @Nullable Double> value) {
    double[] sorted =
        run.rounds().stream()
            .map(value)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return Optional.empty();
    }
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length));
  }
}
