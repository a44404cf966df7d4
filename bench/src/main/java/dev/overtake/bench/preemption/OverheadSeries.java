package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The throughput of commands of one length, bare and through XQueues, round by round. What a way
 * costs is told by its time against the bare one's of the same round, so that slow drift of the
 * machine cancels out.
 */
final class OverheadSeries {
  private static final double NANOS_PER_MICRO = 1e3;

  /** How commands come to the device. */
  sealed interface Way permits Bare, Queued {}

  /** Without any queue of ours. */
  record Bare() implements Way {}

  /** Through an XQueue. */
  record Queued(PreemptionLevel level, LaunchConfig config) implements Way {}

  static final Way BARE = new Bare();

  private final SpinDevice device;
  private final CommandLength length;
  private final Supplier<? extends Command> commands;
  private final int count;

  /** Microseconds a command, a map for each round that was kept. */
  private final List<Map<Way, Double>> rounds = new ArrayList<>();

  private Map<Way, Double> current = new LinkedHashMap<>();

  /**
   * @param count commands of a measurement
   */
  OverheadSeries(SpinDevice device, CommandLength length, int count) {
    this.device = device;
    this.length = length;
    this.count = count;
    commands = device.spinning(length.spinNanos());
  }

  CommandLength length() {
    return length;
  }

  /** A round begins. */
  void begin() {
    current = new LinkedHashMap<>();
  }

  /**
   * Measures one way.
   *
   * @throws UnsupportedOperationException if the device does not reach the level
   */
  void measure(Way way) throws InterruptedException {
    long nanos =
        switch (way) {
          case Bare _ -> device.launchBare(commands, count);
          case Queued queued ->
              OverheadTrial.run(device, commands, count, queued.config(), queued.level());
        };
    current.put(way, nanos / NANOS_PER_MICRO / count);
  }

  /** The round has ended, and counts. */
  void keep() {
    rounds.add(current);
  }

  /** Of every way through an XQueue, by level and threshold. */
  List<PreemptionResults.Overhead> results() {
    var byWay =
        new TreeMap<Queued, List<Map<Way, Double>>>(
            Comparator.comparing(Queued::level)
                .thenComparingInt(queued -> queued.config().thresholdCommands()));
    for (Map<Way, Double> round : rounds) {
      for (Way way : round.keySet()) {
        if (way instanceof Queued queued) {
          byWay.computeIfAbsent(queued, _ -> new ArrayList<>()).add(round);
        }
      }
    }
    return byWay.entrySet().stream().map(each -> result(each.getKey(), each.getValue())).toList();
  }

  private PreemptionResults.Overhead result(Queued way, List<Map<Way, Double>> measured) {
    double[] bare = sorted(measured, round -> micros(round, BARE));
    double[] queued = sorted(measured, round -> micros(round, way));
    double[] overhead = sorted(measured, round -> micros(round, way) / micros(round, BARE) - 1);
    return new PreemptionResults.Overhead(
        way.level(),
        way.config().thresholdCommands(),
        way.config().batchCommands(),
        (int) length.targetMicros(),
        measured.size(),
        median(bare),
        median(queued),
        median(overhead),
        overhead[0],
        overhead[overhead.length - 1]);
  }

  private static double micros(Map<Way, Double> round, Way way) {
    return Objects.requireNonNull(round.get(way), "every round has every way");
  }

  private static double[] sorted(
      List<Map<Way, Double>> rounds, ToDoubleFunction<Map<Way, Double>> value) {
    return rounds.stream().mapToDouble(value).sorted().toArray();
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
