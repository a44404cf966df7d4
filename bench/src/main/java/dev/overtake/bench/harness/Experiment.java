package dev.overtake.bench.harness;

import dev.overtake.bench.result.Arrivals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several ways of sharing, each measured once a round, in an order that is drawn anew for every
 * round: so the machine's drift, and what one trial leaves behind for the next, meets all of them.
 *
 * @param arrivals how the high side's requests are spaced
 * @param ratePerSecond of those requests, on average; above 0
 * @param parts what is compared
 * @param rounds how often each is measured
 * @param seed of the arrivals and of the order within each round
 */
public record Experiment(
    Testbed testbed,
    Arrivals arrivals,
    double ratePerSecond,
    List<Part> parts,
    int rounds,
    long seed) {

  /**
   * One of the things that are compared.
   *
   * @param secondsPerRound for how long each time
   */
  public record Part(Sharing sharing, double secondsPerRound) {}

  /**
   * One way of sharing over its rounds; fewer than asked if the experiment was stopped.
   *
   * @param rounds the trials in order
   */
  record Series(Sharing sharing, List<Trial.Result> rounds) {}

  /**
   * What an experiment measured.
   *
   * @param complete false if it was stopped early, or a command failed
   * @param failure why it could not go on, if a command failed; the trial that it failed in is not
   *     among the series
   */
  public record Outcome(List<Series> series, boolean complete, @Nullable LoadException failure) {}

  /** How long {@link #run} measures, without what it needs between trials. */
  public double totalSeconds() {
    return rounds * parts.stream().mapToDouble(Part::secondsPerRound).sum();
  }

  /** Measures until all is done, the signal is raised, or a command fails. */
  public Outcome run(StopSignal stop, Progress progress) throws InterruptedException {
    List<Series> series =
        parts.stream().map(part -> new Series(part.sharing(), new ArrayList<>())).toList();
    progress.begin(totalSeconds());
    // One for all rounds: generators of neighbouring seeds begin with nearly the same numbers.
    var orders = new Random(seed);
    double done = 0;
    for (int round = 0; round < rounds; round++) {
      for (int index : order(orders)) {
        if (stop.isRaised()) {
          return new Outcome(series, false, null);
        }
        Series current = series.get(index);
        double seconds = parts.get(index).secondsPerRound();
        String doing = "round %d/%d: %s".formatted(round + 1, rounds, current.sharing().label());
        double before = done;
        progress.at(before, doing);
        Trial.Result measured;
        try {
          measured =
              Trial.run(
                  testbed,
                  current.sharing(),
                  // Of all parts of a round the same, but for where they end.
                  ArrivalTimes.drawWithWarmUp(
                      arrivals, ratePerSecond, testbed.warmUpSeconds(), seconds, seed + round),
                  seconds,
                  stop,
                  behind -> progress.at(before + behind, doing));
        } catch (LoadException e) {
          return new Outcome(series, false, e);
        } catch (RuntimeException e) { // What was measured before is worth keeping, whatever it is.
          return new Outcome(
              series, false, LoadException.because(current.sharing().label() + " failed", e));
        }
        if (measured == null) {
          return new Outcome(series, false, null);
        }
        current.rounds().add(measured);
        done += seconds;
      }
    }
    return new Outcome(series, !stop.isRaised(), null);
  }

  /** Drawn, not rotated: in a rotation nearly every one always follows the same other. */
  private List<Integer> order(Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, parts.size()).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }
}
