package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.CommandTimes;
import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.PyTorch;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.ThisMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a test of PyTorch programs ready to run. */
public final class PyTorchBench {
  /** A loop's rate shows soon; what a high side's tail is needs requests. */
  private static final double LOW_ALONE_SECONDS = 10;

  /** Commands that programs give are not known, nor how many make up a pass. */
  private static final int UNKNOWN_SEGMENTS = 0;

  private static final List<Long> IMAGE = List.of(3L, 224L, 224L);

  private PyTorchBench() {}

  /**
   * Starts every set of workers and waits until all are ready; takes the time in which Python and
   * PyTorch start.
   *
   * @param probe looks at the low side's queue while it is measured
   * @throws LoadException if the shim is not there, or a worker is not ready; none is then left
   */
  public static Bench prepare(PyTorchRequest request, QueueProbe probe)
      throws InterruptedException {
    ShimLibrary shim = shim(request);
    WorkerScript script = WorkerScript.extract();
    var sets = new LinkedHashMap<Mode, WorkerSet>();
    try {
      sets.put(Mode.baseline(), WorkerSet.start("native", Mode.baseline(), null, request, script));
      for (Mode mode : request.modes()) {
        if (mode instanceof Mode.Shim) {
          sets.put(mode, WorkerSet.start("overtake" + sets.size(), mode, shim, request, script));
        }
      }
      var timeout = Duration.ofMillis(Math.round(1000 * request.startSeconds()));
      Worker.Ready ready = null;
      for (WorkerSet set : sets.values()) {
        ready = set.awaitReady(timeout);
      }
      return bench(request, sets, probe, script, ready);
    } catch (RuntimeException | InterruptedException e) {
      release(sets, script);
      throw e;
    }
  }

  private static @Nullable ShimLibrary shim(PyTorchRequest request) {
    if (request.modes().stream().noneMatch(Mode.Shim.class::isInstance)) {
      return null;
    }
    Path file = request.shim();
    if (file == null) {
      throw new LoadException(
          "where the shim is, is not known: name libovertake.so with --shim FILE", null);
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new LoadException(
          "there is no shim at %s: build it, and name libovertake.so with --shim FILE"
              .formatted(file),
          null);
    }
    return new ShimLibrary(file.toAbsolutePath());
  }

  private static Bench bench(
      PyTorchRequest request,
      Map<Mode, WorkerSet> sets,
      QueueProbe probe,
      WorkerScript script,
      Worker.@Nullable Ready ready) {
    if (ready == null) {
      throw new IllegalStateException("no worker was started");
    }
    Workload workload = request.workload();
    var experiment =
        new Experiment(
            new PyTorchTestbed(sets, probe),
            workload.high().arrivals(),
            workload.high().ratePerSecond(),
            parts(request),
            request.rounds(),
            workload.seed());
    return new Bench(
        request.device(),
        ThisMachine.describe(ready.deviceName(), 0, pytorch(ready)),
        configuration(request),
        experiment,
        new CommandTimes(false), // Programs that are not ours do not tell.
        () -> release(sets, script));
  }

  /**
   * Each side alone, each side alone under the shim, and both in every mode. Nothing is held of a
   * high side whatever the mode, so it is measured alone under the first shim only.
   */
  static List<Experiment.Part> parts(PyTorchRequest request) {
    double lowSeconds = Math.min(LOW_ALONE_SECONDS, request.referenceSeconds());
    var parts = new ArrayList<Experiment.Part>();
    parts.add(part(request, Sharing.HIGH_ALONE, request.seconds()));
    parts.add(part(request, Sharing.LOW_ALONE, lowSeconds));
    boolean first = true;
    for (Mode mode : request.modes()) {
      if (mode instanceof Mode.Shim) {
        if (first) {
          parts.add(part(request, Sharing.highOnly(mode), request.referenceSeconds()));
        }
        first = false;
        parts.add(part(request, Sharing.lowOnly(mode), lowSeconds));
      }
    }
    for (Mode mode : request.modes()) {
      double seconds =
          mode.equals(Mode.baseline()) ? request.referenceSeconds() : request.seconds();
      parts.add(part(request, Sharing.both(request.topology(), mode), seconds));
    }
    return parts;
  }

  private static Experiment.Part part(PyTorchRequest request, Sharing sharing, double seconds) {
    return new Experiment.Part(sharing, seconds / request.rounds());
  }

  private static PyTorch pytorch(Worker.Ready ready) {
    return new PyTorch(
        ready.pythonVersion(),
        ready.torchVersion(),
        ready.torchvisionVersion(),
        ready.cudaVersion(),
        ready.cudnnVersion(),
        ready.driverVersion(),
        ready.mps());
  }

  private static Configuration configuration(PyTorchRequest request) {
    Workload workload = request.workload();
    Workload.High high = workload.high();
    Workload.Low low = workload.low();
    String kind = workload.eager() ? " (eager)" : " (traced)";
    return new Configuration(
        request.suite(),
        request.profile(),
        Configuration.PYTORCH,
        new HighWorkload(
            high.model() + kind + (high.priorityPerRequest() ? ", priority per request" : ""),
            high.batch(),
            shape(high.batch()),
            UNKNOWN_SEGMENTS,
            high.ratePerSecond(),
            high.arrivals()),
        new LowWorkload(
            low.model() + (low.train() ? " (eager training)" : kind),
            1,
            low.batch(),
            shape(low.batch()),
            UNKNOWN_SEGMENTS,
            low.syncIterations()),
        request.rounds(),
        request.seconds() / request.rounds(),
        workload.seed());
  }

  private static List<Long> shape(int batch) {
    var shape = new ArrayList<Long>();
    shape.add((long) batch);
    shape.addAll(IMAGE);
    return shape;
  }

  private static void release(Map<Mode, WorkerSet> sets, WorkerScript script) {
    sets.values().forEach(WorkerSet::close);
    script.close();
  }
}
