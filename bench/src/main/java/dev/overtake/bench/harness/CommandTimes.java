package dev.overtake.bench.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long the commands of each side take when it runs alone: what a simulation of the same test
 * needs to know. Thread-safe; what a trial adds is complete once the trial has ended.
 */
public final class CommandTimes {
  private static final double NANOS_PER_SECOND = 1e9;

  /** The passes of each standalone trial, as commands' times. */
  private final List<List<long[]>> highTrials = new ArrayList<>();

  private final List<long[]> lowPasses = new ArrayList<>();

  /** Where the passes of a trial's high side go; null if they are not wanted. */
  synchronized @Nullable Consumer<long[]> ofHigh(Sharing sharing) {
    if (!sharing.equals(Sharing.HIGH_ALONE)) {
      return null;
    }
    var passes = new ArrayList<long[]>();
    highTrials.add(passes);
    return pass -> add(passes, pass);
  }

  /** Likewise of its low side. */
  synchronized @Nullable Consumer<long[]> ofLow(Sharing sharing) {
    return sharing.equals(Sharing.LOW_ALONE) ? pass -> add(lowPasses, pass) : null;
  }

  private synchronized void add(List<long[]> passes, long[] pass) {
    passes.add(pass);
  }

  /**
   * What was recorded in an experiment.
   *
   * @return the high side's requests, then the low side's passes, each in order; empty if neither
   *     side ran alone
   */
  public synchronized List<RecordedRequest> requests(Experiment.Outcome outcome) {
    var requests = new ArrayList<RecordedRequest>();
    for (Experiment.Series series : outcome.series()) {
      if (series.sharing().equals(Sharing.HIGH_ALONE)) {
        addHigh(requests, series.rounds());
      }
    }
    long begin = 0;
    for (long[] pass : lowPasses) {
      requests.add(request("low", begin, pass));
      begin += Arrays.stream(pass).sum();
    }
    return requests;
  }

  /** A trial that was stopped has passes, and no result: it was the last. */
  private void addHigh(List<RecordedRequest> requests, List<Trial.Result> rounds) {
    long begin = 0;
    for (int round = 0; round < rounds.size() && round < highTrials.size(); round++) {
      OpenLoopClient.Recording recording = rounds.get(round).high();
      List<long[]> passes = highTrials.get(round);
      if (recording != null) {
        int answered = Math.min(recording.dueNanos().length, passes.size());
        for (int i = 0; i < answered; i++) {
          requests.add(request("high", begin + recording.dueNanos()[i], passes.get(i)));
        }
      }
      begin += (long) (rounds.get(round).seconds() * NANOS_PER_SECOND);
    }
  }

  private static RecordedRequest request(String side, long dueNanos, long[] commandNanos) {
    return new RecordedRequest(side, dueNanos, Arrays.stream(commandNanos).boxed().toList());
  }
}
