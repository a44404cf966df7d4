package dev.overtake.bench.preemption;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.result.LatencyPoint;
import dev.overtake.bench.suite.ThisMachine;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.cuda.CudaException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long preemptions take and what XQueues cost in throughput. Confined to the thread
 * that prepared it.
 */
public final class PreemptionBench implements AutoCloseable {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int LEAST_COMMANDS = 20;
  private static final int SAMPLES_FOR_P99 = 1000;

  /** Further off than this, a length is not the one that was asked for. */
  private static final double LENGTH_TOLERANCE = 0.03;

  private static final double P50 = 50;
  private static final double P95 = 95;
  private static final double P99 = 99;

  private final PreemptionRequest request;
  private final SpinDevice device;
  private final Set<PreemptionLevel> levels = EnumSet.of(PreemptionLevel.L1, PreemptionLevel.L2);

  private final List<String> warnings = new ArrayList<>();
  private @Nullable Double latencyMicros;
  private final List<PreemptionResults.Latency> latencies = new ArrayList<>();
  private final List<OverheadSeries> overheads = new ArrayList<>();

  /**
   * What came of it.
   *
   * @param failure why it could not go on, if a command failed; the results are then not complete
   */
  public record Outcome(PreemptionResults results, @Nullable LoadException failure) {}

  /**
   * @param device is closed by {@link #close}
   */
  PreemptionBench(PreemptionRequest request, SpinDevice device) {
    this.request = request;
    this.device = device;
  }

  /**
   * Opens the device.
   *
   * @throws LoadException if there is no such device, or something that is needed for it
   */
  public static PreemptionBench prepare(PreemptionRequest request) {
    try {
      return new PreemptionBench(
          request,
          request.device().equals("host")
              ? new HostSpinDevice()
              : CudaSpinDevice.open(request.device()));
    } catch (CudaException e) {
      throw LoadException.because("preemption cannot be measured on " + request.device(), e);
    }
  }

  /** About how long {@link #run} takes, in seconds. */
  public double totalSeconds() {
    double latency = 0;
    for (int threshold : request.thresholds()) {
      double batch = config(threshold).batchCommands();
      double commandsOfBothLevels = 2 * (1.5 * batch + 1) + threshold + 1;
      latency += request.samples() * commandsOfBothLevels * request.latencyMicros();
    }
    double trials =
        (request.rounds() == 0 ? 0.0 : request.rounds() + 1)
            * request.overheadMicros().size()
            * (1 + 2.0 * request.thresholds().size());
    return latency / MICROS_PER_SECOND + trials * request.secondsPerTrial();
  }

  /** Half a threshold of commands from one marker to the next, as XSched has it. */
  private static LaunchConfig config(int threshold) {
    return new LaunchConfig(threshold, Math.max(1, threshold / 2));
  }

  /**
   * Measures until all is done, a command fails, or the signal is raised: then the results hold
   * what was measured until then. To be called once.
   *
   * @param commandLine as typed, for the record
   * @param toolVersion for the record
   */
  public Outcome run(
      List<String> commandLine, String toolVersion, Clock clock, StopSignal stop, Progress progress)
      throws InterruptedException {
    Instant started = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var under = new Underway(progress, totalSeconds());
    @Nullable LoadException failure = null;
    try {
      if (request.samples() > 0) {
        measureLatencies(stop, under);
      }
      if (request.rounds() > 0) {
        measureOverheads(stop, under);
      }
    } catch (RuntimeException e) { // What was measured before is worth keeping, whatever it is.
      failure = LoadException.because("a command failed on " + request.device(), e);
    }
    var results =
        new PreemptionResults(
            PreemptionResults.SCHEMA_VERSION,
            toolVersion,
            commandLine,
            started,
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            failure == null && !stop.isRaised(),
            ThisMachine.describe(device.name(), request.device().equals("host") ? 1 : 0, null),
            request.device(),
            latencyMicros,
            List.copyOf(latencies),
            overheads.stream().flatMap(each -> each.results().stream()).toList(),
            latencies.isEmpty() ? List.of() : PaperFigure.forCommands(request.latencyMicros()),
            warnings);
    return new Outcome(results, failure);
  }

  // ---- latency

  private void measureLatencies(StopSignal stop, Underway under) throws InterruptedException {
    CommandLength length = CommandLength.find(device, device::counted, request.latencyMicros());
    warnIfOff(length, "preempted");
    latencyMicros = length.micros();
    var commands = device.counted(length.spinNanos());
    for (PreemptionLevel level : EnumSet.copyOf(levels)) {
      for (int threshold : request.thresholds()) {
        if (stop.isRaised() || !levels.contains(level)) {
          break;
        }
        under.at("preemption, %s, threshold %d".formatted(level, threshold));
        try {
          LatencyTrial.Outcome outcome =
              LatencyTrial.run(
                  device,
                  commands,
                  length.micros() * NANOS_PER_MICRO,
                  config(threshold),
                  level,
                  request.samples(),
                  stop);
          if (outcome.nanos().getTotalCount() > 0) {
            latencies.add(latency(level, config(threshold), outcome, length));
          }
        } catch (UnsupportedOperationException e) {
          leaveOut(level, e);
        }
      }
    }
  }

  private PreemptionResults.Latency latency(
      PreemptionLevel level,
      LaunchConfig config,
      LatencyTrial.Outcome outcome,
      CommandLength length) {
    Histogram nanos = outcome.nanos();
    var latency =
        new PreemptionResults.Latency(
            level,
            config.thresholdCommands(),
            config.batchCommands(),
            nanos.getTotalCount(),
            micros(nanos, P50),
            micros(nanos, P95),
            micros(nanos, P99),
            nanos.getMaxValue() / NANOS_PER_MICRO,
            micros(nanos, P99) / length.micros(),
            outcome.broken(),
            LatencyPoint.distributionOf(nanos));
    if (latency.broken() > 0) {
      warnings.add(
          "%s: after %d of %d suspensions a command ran all the same"
              .formatted(latency.label(), latency.broken(), latency.samples()));
    }
    if (latency.samples() < SAMPLES_FOR_P99) {
      warnings.add(
          "%s: P99 of %d samples; it needs %d to mean much"
              .formatted(latency.label(), latency.samples(), SAMPLES_FOR_P99));
    }
    return latency;
  }

  private static double micros(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }

  // ---- overhead

  private void measureOverheads(StopSignal stop, Underway under) throws InterruptedException {
    for (int micros : request.overheadMicros()) {
      CommandLength length = CommandLength.find(device, device::spinning, micros);
      warnIfOff(length, "run");
      overheads.add(new OverheadSeries(device, length, commandCount(micros)));
    }
    // The first is not kept: code is compiled in it, and clocks rise.
    for (int round = 0; round <= request.rounds() && !stop.isRaised(); round++) {
      for (OverheadSeries each : overheads) {
        under.at(
            "overhead, commands of %d us, round %d"
                .formatted((int) each.length().targetMicros(), round));
        measure(each, round > 0, stop);
      }
    }
  }

  private int commandCount(int micros) {
    return Math.max(LEAST_COMMANDS, (int) (request.secondsPerTrial() * MICROS_PER_SECOND / micros));
  }

  /** One round of one length, in an order of its own; kept only as a whole. */
  private void measure(OverheadSeries series, boolean keep, StopSignal stop)
      throws InterruptedException {
    var trials = new ArrayList<OverheadSeries.Way>();
    trials.add(OverheadSeries.BARE);
    for (PreemptionLevel level : levels) {
      request
          .thresholds()
          .forEach(threshold -> trials.add(new OverheadSeries.Queued(level, config(threshold))));
    }
    Collections.shuffle(trials);
    series.begin();
    for (OverheadSeries.Way way : trials) {
      if (stop.isRaised()) {
        return;
      }
      try {
        series.measure(way);
      } catch (UnsupportedOperationException e) {
        leaveOut(PreemptionLevel.L2, e);
      }
    }
    if (keep) {
      series.keep();
    }
  }

  // ---- warnings

  private void warnIfOff(CommandLength length, String what) {
    if (Math.abs(length.micros() / length.targetMicros() - 1) > LENGTH_TOLERANCE) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "commands of %.0f us, of those that are %s, took %.1f us: the device cannot be kept"
                  + " to it",
              length.targetMicros(),
              what,
              length.micros()));
    }
  }

  private void leaveOut(PreemptionLevel level, UnsupportedOperationException cause) {
    if (levels.remove(level)) {
      warnings.add("%s was left out: %s".formatted(level, cause.getMessage()));
    }
  }

  @Override
  public void close() {
    device.close();
  }

  /** Tells how far it is. */
  private static final class Underway {
    private final Progress progress;
    private final double totalSeconds;
    private final long startNanos = System.nanoTime();

    Underway(Progress progress, double totalSeconds) {
      this.progress = progress;
      this.totalSeconds = totalSeconds;
      progress.begin(totalSeconds);
    }

    void at(String doing) {
      double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
      progress.at(Math.min(seconds, totalSeconds), doing);
    }
  }
}
