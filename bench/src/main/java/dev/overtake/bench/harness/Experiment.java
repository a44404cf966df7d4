package dev.overtake.bench.harness;

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
 * @param sharings what is compared
 * @param threads of the host device
 * @param rounds how often each is measured
 * @param secondsPerRound for how long each time
 * @param seed of the arrivals and of the order within each round
 */
public record Experiment(
    Workloads workloads,
    List<Sharing> sharings,
    int threads,
    int rounds,
    double secondsPerRound,
    long seed) {

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
    return secondsPerRound * rounds * sharings.size();
  }

  /** Measures until all is done, the signal is raised, or a command fails. */
  public Outcome run(StopSignal stop, Progress progress) throws InterruptedException {
    List<Series> series =
        sharings.stream().map(sharing -> new Series(sharing, new ArrayList<>())).toList();
    progress.begin(totalSeconds());
    // One for all rounds: generators of neighbouring seeds begin with nearly the same numbers.
    var orders = new Random(seed);
    double done = 0;
    for (int round = 0; round < rounds; round++) {
      long[] dueNanos =
          ArrivalTimes.draw(
              workloads.high().arrivals(),
              workloads.high().ratePerSecond(),
              secondsPerRound,
              seed + round);
      for (int index : order(orders)) {
        if (stop.isRaised()) {
          return new Outcome(series, false, null);
        }
        Series current = series.get(index);
        String doing = "round %d/%d: %s".formatted(round + 1, rounds, current.sharing().label());
        double before = done;
        progress.at(before, doing);
        Trial.Result measured;
        try {
          measured =
              Trial.run(
                  workloads,
                  current.sharing(),
                  threads,
                  dueNanos,
                  secondsPerRound,
                  stop,
                  seconds -> progress.at(before + seconds, doing));
        } catch (LoadException e) {
          return new Outcome(series, false, e);
        }
        if (measured == null) {
          return new Outcome(series, false, null);
        }
        current.rounds().add(measured);
        done += secondsPerRound;
      }
    }
    return new Outcome(series, !stop.isRaised(), null);
  }

  /** Drawn, not rotated: in a rotation nearly every one always follows the same other. */
  private List<Integer> order(Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, sharings.size()).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }
}
