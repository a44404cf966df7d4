package dev.overtake.bench.harness;

import dev.overtake.bench.result.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long the commands of each side take without a scheduler, alone and beside the other side:
 * what a simulation of the same test needs to know. A device may need less time, or more, for the
 * same command where it never rests. Thread-safe; what a trial adds is complete once the trial has
 * ended.
 */
public final class CommandTimes {
  private static final double NANOS_PER_SECOND = 1e9;

  private final boolean wanted;

  /** The passes of the high side's trials, as commands' times. */
  private final Map<Sharing, List<List<long[]>>> highTrials = new HashMap<>();

  private final Map<Sharing, List<long[]>> lowPasses = new HashMap<>();

  /**
   * @param wanted whether somebody will ask: a device may have to do more, so that they are known
   */
  public CommandTimes(boolean wanted) {
    this.wanted = wanted;
  }

  /** Where the passes of a trial's high side go; null if they are not wanted. */
  synchronized @Nullable Consumer<long[]> ofHigh(Sharing sharing) {
    if (!isWanted(sharing)) {
      return null;
    }
    var passes = new ArrayList<long[]>();
    highTrials.computeIfAbsent(sharing, _ -> new ArrayList<>()).add(passes);
    return pass -> add(passes, pass);
  }

  /** Likewise of its low side. */
  synchronized @Nullable Consumer<long[]> ofLow(Sharing sharing) {
    if (!isWanted(sharing)) {
      return null;
    }
    List<long[]> passes = lowPasses.computeIfAbsent(sharing, _ -> new ArrayList<>());
    return pass -> add(passes, pass);
  }

  private boolean isWanted(Sharing sharing) {
    return wanted && sharing.mode().equals(Mode.baseline());
  }

  private synchronized void add(List<long[]> passes, long[] pass) {
    passes.add(pass);
  }

  /**
   * What was recorded in an experiment.
   *
   * @return the requests of {@code high} and {@code low}, which ran alone, then of each topology's
   *     baseline, as {@code high-shared} and {@code low-shared}; each side's in order
   */
  public synchronized List<RecordedRequest> requests(Experiment.Outcome outcome) {
    var requests = new ArrayList<RecordedRequest>();
    for (Experiment.Series series : outcome.series()) {
      addHigh(requests, series);
      addLow(requests, series.sharing());
    }
    return requests;
  }

  /** A trial that was stopped has passes, and no result: it was the last. */
  private void addHigh(List<RecordedRequest> requests, Experiment.Series series) {
    List<List<long[]>> trials = highTrials.getOrDefault(series.sharing(), List.of());
    List<Trial.Result> rounds = series.rounds();
    String side = side("high", series.sharing());
    long begin = 0;
    for (int round = 0; round < rounds.size() && round < trials.size(); round++) {
      OpenLoopClient.Recording recording = rounds.get(round).high();
      List<long[]> passes = trials.get(round);
      if (recording != null) {
        int warmUps = recording.warmUps();
        int answered = Math.min(recording.dueNanos().length, passes.size() - warmUps);
        for (int i = 0; i < answered; i++) {
          requests.add(request(side, begin + recording.dueNanos()[i], passes.get(warmUps + i)));
        }
      }
      begin += (long) (rounds.get(round).seconds() * NANOS_PER_SECOND);
    }
  }

  private void addLow(List<RecordedRequest> requests, Sharing sharing) {
    long begin = 0;
    for (long[] pass : lowPasses.getOrDefault(sharing, List.of())) {
      requests.add(request(side("low", sharing), begin, pass));
      begin += Arrays.stream(pass).sum();
    }
  }

  private static String side(String side, Sharing sharing) {
    return sharing.topology() == Topology.NONE ? side : side + "-" + sharing.topology().label();
  }

  private static RecordedRequest request(String side, long dueNanos, long[] commandNanos) {
    return new RecordedRequest(side, dueNanos, Arrays.stream(commandNanos).boxed().toList());
  }
}
