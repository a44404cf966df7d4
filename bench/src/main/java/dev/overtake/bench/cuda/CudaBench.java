package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.CommandTimes;
import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.Suite;
import dev.overtake.bench.suite.ThisMachine;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaDevice;
import dev.overtake.platform.cuda.CudaException;
import dev.overtake.platform.cuda.DeviceBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes a test of matrix products on a GPU ready to run. */
public final class CudaBench {
  private static final String MODEL = "%d products by cuBLAS, fp32";
  private static final String CALIBRATED = "default";

  private CudaBench() {}

  /**
   * Opens the device, finds the scale, and has all clients compute once; takes some seconds.
   *
   * @throws LoadException if there is no such device, or something of CUDA's that is needed
   */
  public static Bench prepare(CudaRequest request) throws InterruptedException {
    var release = new ArrayDeque<Runnable>();
    try {
      CudaContext context = CudaDevice.named(request.device()).openPrimaryContext();
      release.push(context::close);
      Scale scale = Scale.find(context, request);
      return bench(request, context, scale, clients(request, context, scale, release), release);
    } catch (CudaException e) {
      release.forEach(Runnable::run);
      throw LoadException.because("the test cannot be run on " + request.device(), e);
    } catch (RuntimeException | InterruptedException e) {
      release.forEach(Runnable::run);
      throw e;
    }
  }

  private static Map<Topology, ProductClients> clients(
      CudaRequest request, CudaContext context, Scale scale, Deque<Runnable> release)
      throws InterruptedException {
    Suite suite = request.suite();
    DeviceBuffer highWeights = Matrices.random(context, scale.edge(), request.seed());
    release.push(highWeights::close);
    DeviceBuffer lowWeights = Matrices.random(context, scale.lowEdge(), request.seed() + 1);
    release.push(lowWeights::close);
    var sets = new EnumMap<Topology, ProductClients>(Topology.class);
    for (Topology topology : List.of(Topology.SEPARATE, Topology.SHARED)) {
      if (topology == Topology.SEPARATE || request.topologies().contains(topology)) {
        var clients =
            new ProductClients(
                context,
                topology == Topology.SHARED,
                scale,
                highWeights,
                suite.highProducts(),
                lowWeights,
                suite.lowProducts(),
                lowClients(suite));
        release.push(clients::close);
        sets.put(topology, clients);
      }
    }
    return sets;
  }

  /** A suite with one client has it as either side: its latency at a rate, and its throughput. */
  private static int lowClients(Suite suite) {
    return Math.max(1, suite.lowClients());
  }

  private static Bench bench(
      CudaRequest request,
      CudaContext context,
      Scale scale,
      Map<Topology, ProductClients> clients,
      Deque<Runnable> release) {
    double secondsPerRound = request.secondsPerMode() / request.rounds();
    var experiment =
        new Experiment(
            new CudaTestbed(clients, request.passesInFlight()),
            request.arrivals(),
            scale.ratePerSecond(),
            sharings(request).stream()
                .map(sharing -> new Experiment.Part(sharing, secondsPerRound))
                .toList(),
            request.rounds(),
            request.seed());
    return new Bench(
        request.device(),
        ThisMachine.describe(context.device().name(), 0, null),
        configuration(
            request,
            scale,
            Objects.requireNonNull(clients.get(Topology.SEPARATE)),
            secondsPerRound),
        experiment,
        new CommandTimes(), // When a command begins, only the device knows.
        () -> release.forEach(Runnable::run));
  }

  static List<Sharing> sharings(CudaRequest request) {
    Suite suite = request.suite();
    var sharings = new ArrayList<Sharing>(suite.sharings(request.topologies(), request.modes()));
    if (suite.lowClients() == 0) {
      sharings.add(Sharing.LOW_ALONE);
      request.modes().stream()
          .filter(mode -> !mode.equals(Mode.baseline()))
          .map(Sharing::lowOnly)
          .forEach(sharings::add);
    }
    return sharings.stream().filter(CudaTestbed::isPossible).toList();
  }

  private static Configuration configuration(
      CudaRequest request, Scale scale, ProductClients clients, double secondsPerRound) {
    Suite suite = request.suite();
    return new Configuration(
        suite.label(),
        CALIBRATED,
        Configuration.JVM,
        new HighWorkload(
            MODEL.formatted(suite.highProducts()),
            suite.highProducts(),
            shape(scale.edge()),
            clients.high().chain().commandCount(),
            scale.ratePerSecond(),
            request.arrivals()),
        new LowWorkload(
            MODEL.formatted(suite.lowProducts()),
            lowClients(suite),
            suite.lowProducts(),
            shape(scale.lowEdge()),
            clients.low().getFirst().chain().commandCount(),
            request.passesInFlight()),
        request.rounds(),
        secondsPerRound,
        request.seed());
  }

  private static List<Long> shape(int edge) {
    return List.of((long) edge, (long) edge);
  }
}
