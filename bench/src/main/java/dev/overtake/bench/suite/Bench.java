package dev.overtake.bench.suite;

import dev.overtake.bench.harness.CommandTimes;
import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.HostTestbed;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.RecordedRequest;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.harness.Summary;
import dev.overtake.bench.harness.Workloads;
import dev.overtake.bench.model.OrtRuntime;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.Machine;
import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test that is ready to run: models loaded, scale known. */
public final class Bench implements AutoCloseable {
  private static final String HOST = "host";

  /**
   * What a test came to.
   *
   * @param results of what was measured; without runs if nothing was
   * @param failure why the test could not go on, if a command failed; the results are then not
   *     complete
   * @param recorded how long commands took where nothing was scheduled; empty unless that was asked
   *     for
   */
  public record Outcome(
      Results results, @Nullable LoadException failure, List<RecordedRequest> recorded) {}

  private final String device;
  private final Machine machine;
  private final Configuration configuration;
  private final Experiment experiment;
  private final CommandTimes times;
  private final Runnable release;

  /**
   * A test on any testbed.
   *
   * @param device as it is typed, such as {@code cuda:0}
   * @param configuration what will be run
   * @param times hears from the testbed how long commands take, or from nobody
   * @param release gives back what the testbed holds
   */
  public Bench(
      String device,
      Machine machine,
      Configuration configuration,
      Experiment experiment,
      CommandTimes times,
      Runnable release) {
    this.device = device;
    this.machine = machine;
    this.configuration = configuration;
    this.experiment = experiment;
    this.times = times;
    this.release = release;
  }

  /**
   * A test on the host device: loads the models and finds the scale; takes some seconds. One at a
   * time in a process, since its models compute on the process's only ONNX Runtime.
   *
   * @throws dev.overtake.bench.model.ModelException if a user's model cannot be used
   */
  public static Bench prepare(BenchRequest request) {
    OrtRuntime runtime = OrtRuntime.withThreads(request.threads());
    Workloads workloads = new Scaling(request, new Calibration(runtime)).workloads();
    double secondsPerRound = request.secondsPerMode() / request.rounds();
    var times = new CommandTimes(request.traced());
    var experiment =
        new Experiment(
            new HostTestbed(workloads, request.threads(), times),
            workloads.high().arrivals(),
            workloads.high().ratePerSecond(),
            request.suite().sharings(request.topologies(), request.modes()).stream()
                .map(sharing -> new Experiment.Part(sharing, secondsPerRound))
                .toList(),
            request.rounds(),
            request.seed());
    var configuration =
        new Configuration(
            request.suite().label(),
            request.profile().toString(),
            Configuration.HOST,
            high(workloads.high()),
            low(workloads.low()),
            request.rounds(),
            secondsPerRound,
            request.seed());
    return new Bench(
        HOST,
        ThisMachine.describe(HOST, request.threads(), null),
        configuration,
        experiment,
        times,
        () -> close(workloads));
  }

  /** How long {@link #run} measures, in seconds. */
  public double totalSeconds() {
    return experiment.totalSeconds();
  }

  /** What will be run, calibrated. */
  public Configuration configuration() {
    return configuration;
  }

  /**
   * Measures until all is done, or the signal is raised, or a command fails: then the results hold
   * what was measured until then.
   *
   * @param commandLine as typed, for the record
   * @param toolVersion for the record
   */
  public Outcome run(
      List<String> commandLine, String toolVersion, Clock clock, StopSignal stop, Progress progress)
      throws InterruptedException {
    Instant started = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Experiment.Outcome outcome = experiment.run(stop, progress);
    LowWorkload low = configuration.low();
    List<Run> runs =
        Summary.of(configuration.suite(), device, low == null ? 0 : low.batch(), outcome);
    var results =
        new Results(
            Results.SCHEMA_VERSION,
            toolVersion,
            commandLine,
            started,
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            outcome.complete(),
            machine,
            configuration,
            runs);
    return new Outcome(results, outcome.failure(), times.requests(outcome));
  }

  /** Releases the models. */
  @Override
  public void close() {
    release.run();
  }

  private static void close(Workloads workloads) {
    workloads.high().model().close();
    if (workloads.low() != null) {
      workloads.low().model().close();
    }
  }

  private static HighWorkload high(Workloads.High high) {
    return new HighWorkload(
        high.model().name(),
        high.batch(),
        high.model().inputShape().dimensions(),
        high.model().segmentCount(),
        high.ratePerSecond(),
        high.arrivals());
  }

  private static @Nullable LowWorkload low(Workloads.@Nullable Low low) {
    return low == null
        ? null
        : new LowWorkload(
            low.model().name(),
            low.clients(),
            low.batch(),
            low.model().inputShape().dimensions(),
            low.model().segmentCount(),
            low.passesInFlight());
  }
}
