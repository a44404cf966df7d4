package dev.overtake.bench.products;

import dev.overtake.bench.harness.ClientTestbed;
import dev.overtake.bench.harness.CommandTimes;
import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.Suite;
import dev.overtake.bench.suite.ThisMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes a test of matrix products ready to run. */
public final class ProductBench {
  private static final String MODEL = "%d products by %s, fp32";
  private static final String CALIBRATED = "default";

  private ProductBench() {}

  /**
   * Finds the scale, and has all clients compute once; takes some seconds.
   *
   * @param device closed when the test is, or before this throws
   */
  public static Bench prepare(ProductRequest request, ProductDevice device)
      throws InterruptedException {
    var release = new ArrayDeque<Runnable>();
    release.push(device::close);
    try {
      Scale scale = Scale.find(device, request);
      return bench(request, device, scale, clients(request, device, scale, release), release);
    } catch (RuntimeException | InterruptedException e) {
      release.forEach(Runnable::run);
      throw e;
    }
  }

  private static Map<Topology, ProductClients> clients(
      ProductRequest request, ProductDevice device, Scale scale, Deque<Runnable> release)
      throws InterruptedException {
    Suite suite = request.suite();
    ProductDevice.Matrix highWeights = device.random(scale.edge(), request.seed());
    release.push(highWeights::close);
    ProductDevice.Matrix lowWeights = device.random(scale.lowEdge(), request.seed() + 1);
    release.push(lowWeights::close);
    var sets = new EnumMap<Topology, ProductClients>(Topology.class);
    for (Topology topology : List.of(Topology.SEPARATE, Topology.SHARED)) {
      if (topology == Topology.SEPARATE || request.topologies().contains(topology)) {
        var clients =
            new ProductClients(
                device,
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
      ProductRequest request,
      ProductDevice device,
      Scale scale,
      Map<Topology, ProductClients> clients,
      Deque<Runnable> release) {
    double secondsPerRound = request.secondsPerMode() / request.rounds();
    var times = new CommandTimes(request.traced());
    var experiment =
        new Experiment(
            new ClientTestbed(clients, request.passesInFlight(), times, ShimQueues.NONE),
            request.arrivals(),
            scale.ratePerSecond(),
            sharings(request).stream()
                .map(sharing -> new Experiment.Part(sharing, secondsPerRound))
                .toList(),
            request.rounds(),
            request.seed());
    return new Bench(
        request.device(),
        ThisMachine.describe(device.name(), 0, null),
        configuration(
            request,
            device,
            scale,
            Objects.requireNonNull(clients.get(Topology.SEPARATE)),
            secondsPerRound),
        experiment,
        times,
        () -> release.forEach(Runnable::run));
  }

  static List<Sharing> sharings(ProductRequest request) {
    Suite suite = request.suite();
    var sharings = new ArrayList<Sharing>(suite.sharings(request.topologies(), request.modes()));
    if (suite.lowClients() == 0) {
      sharings.add(Sharing.LOW_ALONE);
      request.modes().stream()
          .filter(mode -> !mode.equals(Mode.baseline()))
          .map(Sharing::lowOnly)
          .forEach(sharings::add);
    }
    return sharings.stream().filter(ClientTestbed::isPossible).toList();
  }

  private static Configuration configuration(
      ProductRequest request,
      ProductDevice device,
      Scale scale,
      ProductClients clients,
      double secondsPerRound) {
    Suite suite = request.suite();
    return new Configuration(
        suite.label(),
        CALIBRATED,
        Configuration.JVM,
        new HighWorkload(
            MODEL.formatted(suite.highProducts(), device.library()),
            suite.highProducts(),
            shape(scale.edge()),
            clients.high().chain().commandCount(),
            scale.ratePerSecond(),
            request.arrivals()),
        new LowWorkload(
            MODEL.formatted(suite.lowProducts(), device.library()),
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
