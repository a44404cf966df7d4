package dev.overtake.microbench;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.host.HostCommand;
import dev.overtake.platform.host.HostDevice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What level 1 costs a stream of real work: commands of 0.5 ms on the host device, launched to the
 * hardware queue all at once by the application itself, and the same through an XQueue.
 *
 * <p>JMH runs one benchmark after the other, and over the minute between two of them a shared
 * machine's speed changes by more than the overhead that is looked for. Here the ways take turns in
 * one process, in a new random order every round, and each is compared with the direct stream of
 * its own round; the median of these ratios is the overhead. The direct way runs twice in a round:
 * the second, compared with the first, is what the method finds where there is nothing to find.
 *
 * <p>Beside the whole stream, the engine's gaps between two commands are timed, from the end of one
 * to the begin of the next: what a queue costs on the engine's own thread, launches and completion
 * reports included. Other programs hit a gap of a microsecond far less often than a stream of 20
 * ms, so this figure holds where the machine is too busy to compare streams.
 *
 * <p>A command is a fixed amount of arithmetic and not a wait for a clock, so that whatever the
 * queue takes from the engine's core is seen.
 */
final class L1Overhead {
  private static final long COMMAND_MICROS = 500;
  private static final int STREAM_COMMANDS = 40;
  private static final int ROUNDS = 250;
  private static final int WARM_UP_ROUNDS = 25;
  private static final long SEED = 25;

  /**
   * The whole result, as written to JSON.
   *
   * @param commandMicros what a command was calibrated to
   * @param streamCommands commands per stream
   * @param rounds how often every way was taken
   * @param machine where
   * @param ways the direct way first
   */
  record Report(
      long commandMicros, int streamCommands, int rounds, Machine machine, List<Way> ways) {}

  /**
   * What was found of one way to the hardware.
   *
   * @param name the launch configuration, or that there was none
   * @param medianStreamMillis time from the first submission to the end of the last command
   * @param overheadPercent against the direct way of the same round, median over the rounds
   * @param overheadLowPercent lower end of the median's 95 % confidence interval, by order
   *     statistics
   * @param overheadHighPercent its upper end
   * @param fastestOverheadPercent the first decile of the streams against that of the direct ones:
   *     other programs only ever make a stream slower
   * @param medianGapMicros between two commands of a stream on average, median over the streams
   * @param gapOverheadPercent by how much the gap is longer than the direct way's, in percent of a
   *     command
   * @param streamMicros every stream, in the order of the rounds
   */
  record Way(
      String name,
      double medianStreamMillis,
      double overheadPercent,
      double overheadLowPercent,
      double overheadHighPercent,
      double fastestOverheadPercent,
      double medianGapMicros,
      double gapOverheadPercent,
      List<Long> streamMicros) {}

  /** Runs a stream; returns when its last command has finished. */
  private interface Route {
    void run(List<HostCommand> commands) throws InterruptedException;
  }

  private record NamedRoute(String name, Route route) {}

  /** What was measured of one route, by round. */
  private record Samples(List<Long> streamNanos, List<Double> gapNanos) {
    Samples() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private L1Overhead() {}

  static Report measure() throws InterruptedException {
    try (var device = HostDevice.open(1);
        var hardware = device.openQueue();
        var ten5 = open(device, new LaunchConfig(10, 5));
        var ten10 = open(device, new LaunchConfig(10, 10));
        var one1 = open(device, new LaunchConfig(1, 1))) {
      var direct = new Direct(hardware);
      var routes =
          List.of(
              new NamedRoute("direct", direct),
              new NamedRoute("direct, again", direct),
              through(ten5),
              through(ten10),
              through(one1));
      List<Samples> samples = interleave(routes);
      var ways = new ArrayList<Way>();
      for (int i = 0; i < routes.size(); i++) {
        ways.add(compare(routes.get(i).name(), samples.get(i), samples.getFirst()));
      }
      return new Report(COMMAND_MICROS, STREAM_COMMANDS, ROUNDS, Machine.here(), ways);
    }
  }

  private static XQueue open(HostDevice device, LaunchConfig config) {
    return XQueue.on(device.openQueue()).launchConfig(config).open();
  }

  private static NamedRoute through(XQueue queue) {
    return new NamedRoute(
        "XQueue " + queue.launchConfig(),
        commands -> {
          commands.forEach(queue::submit);
          queue.await(commands.getLast());
        });
  }

  /** Times every route once a round. */
  private static List<Samples> interleave(List<NamedRoute> routes) throws InterruptedException {
    var work = Work.calibrated(MICROSECONDS.toNanos(COMMAND_MICROS));
    var samples = routes.stream().map(_ -> new Samples()).toList();
    var order = new ArrayList<>(IntStream.range(0, routes.size()).boxed().toList());
    var random = new Random(SEED);
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      Collections.shuffle(order, random);
      for (int i : order) {
        var commands = Stream.generate(() -> HostCommand.of(work)).limit(STREAM_COMMANDS).toList();
        work.restartWatch();
        long begunNanos = System.nanoTime();
        routes.get(i).route().run(commands);
        long takenNanos = System.nanoTime() - begunNanos;
        if (round >= 0) {
          samples.get(i).streamNanos().add(takenNanos);
          samples.get(i).gapNanos().add(work.meanGapNanos());
        }
      }
    }
    return samples;
  }

  private static Way compare(String name, Samples samples, Samples direct) {
    List<Double> overheads =
        IntStream.range(0, ROUNDS)
            .mapToObj(i -> percentOver(samples.streamNanos().get(i), direct.streamNanos().get(i)))
            .toList();
    int median = ROUNDS / 2;
    // The ranks between which the median lies at 95 %: the binomial's normal approximation.
    int margin = (int) Math.ceil(0.98 * Math.sqrt(ROUNDS));
    double gapNanos = rank(samples.gapNanos(), median);
    double directGapNanos = rank(direct.gapNanos(), median);
    return new Way(
        name,
        rank(samples.streamNanos(), median) / 1e6,
        rank(overheads, median),
        rank(overheads, median - margin),
        rank(overheads, median + margin),
        percentOver(
            rank(samples.streamNanos(), ROUNDS / 10), rank(direct.streamNanos(), ROUNDS / 10)),
        gapNanos / 1e3,
        100 * (gapNanos - directGapNanos) / MICROSECONDS.toNanos(COMMAND_MICROS),
        samples.streamNanos().stream().map(nanos -> nanos / 1000).toList());
  }

  private static double percentOver(long nanos, long baseNanos) {
    return 100.0 * (nanos - baseNanos) / baseNanos;
  }

  private static <T extends Comparable<T>> T rank(List<T> values, int rank) {
    return values.stream().sorted().toList().get(rank);
  }

  /** Everything launched at once, and one marker behind it: as without Overtake. */
  private static final class Direct implements Route, HwQueue.Listener {
    private final HwQueue hardware;
    private final Semaphore finished = new Semaphore(0);
    private long markers;

    Direct(HwQueue hardware) {
      this.hardware = hardware;
      hardware.attach(this);
    }

    @Override
    public void run(List<HostCommand> commands) throws InterruptedException {
      commands.forEach(hardware::launch);
      hardware.marker(++markers);
      finished.acquire();
    }

    @Override
    public void completed(long marker) {
      finished.release();
    }

    @Override
    public void failed(Command command, Throwable cause) {
      throw new AssertionError("arithmetic does not fail", cause);
    }

    @Override
    public void lost(Throwable cause) {
      throw new AssertionError("the device outlives its streams", cause);
    }
  }
}
