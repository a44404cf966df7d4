package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.ClientTestbed;
import dev.overtake.bench.harness.CommandTimes;
import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.ShimQueues;
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
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.ExportedModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Makes a test of compiled models on a GPU ready to run, in this JVM. */
public final class ModelBench {
  /** The threads that launch each side's model, for {@code overtake run --thread}. */
  public static final String HIGH_THREAD = "high-launch";

  public static final String LOW_THREAD = "low-launch";

  /**
   * Beyond the range of any device: who has a stream for what must be fast gives it this, so the
   * baseline has it, too. Thread blocks of its kernels then go first, where others have begun.
   */
  private static final int MOST_URGENT = Integer.MIN_VALUE;

  private static final int LEAST_URGENT = 0;

  private ModelBench() {}

  /**
   * Opens the device, loads both models, and has them compute what PyTorch recorded; takes some
   * seconds.
   *
   * @param shim of this JVM
   * @throws LoadException if there is no such device, a model cannot be loaded, or its outputs are
   *     not PyTorch's
   */
  public static Bench prepare(ModelRequest request, ShimQueues shim) throws InterruptedException {
    var release = new ArrayDeque<Runnable>();
    try {
      CudaContext context = CudaDevice.named(request.device()).openPrimaryContext();
      release.push(context::close);
      var high = new LoadedModel(context, request.high(), HIGH_THREAD);
      release.push(high::close);
      var low = new LoadedModel(context, request.low(), LOW_THREAD);
      release.push(low::close);
      CudaStream highStream = stream(context, MOST_URGENT, release);
      CudaStream lowStream = stream(context, LEAST_URGENT, release);
      double highDifference = high.check(highStream);
      double lowDifference = low.check(lowStream);
      var clients = new EnumMap<Topology, ModelClients>(Topology.class);
      clients.put(Topology.SEPARATE, new ModelClients(high, highStream, low, lowStream));
      if (request.topologies().contains(Topology.SHARED)) {
        clients.put(Topology.SHARED, shared(high, low, stream(context, LEAST_URGENT, release)));
      }
      return bench(
          request,
          shim,
          context,
          clients,
          highWorkload(request, high.exported(), highDifference),
          lowWorkload(request, low.exported(), lowDifference),
          release);
    } catch (CudaException e) {
      release.forEach(Runnable::run);
      throw LoadException.because("the test cannot be run on " + request.device(), e);
    } catch (RuntimeException | InterruptedException e) {
      release.forEach(Runnable::run);
      throw e;
    }
  }

  private static CudaStream stream(CudaContext context, int priority, Deque<Runnable> release) {
    CudaStream stream = context.newStream(priority);
    release.push(stream::close);
    return stream;
  }

  /** PyTorch keeps memory for each stream, so both compute in this one before anything counts. */
  private static ModelClients shared(LoadedModel high, LoadedModel low, CudaStream stream)
      throws InterruptedException {
    var _ = high.check(stream);
    var _ = low.check(stream);
    return new ModelClients(high, stream, low, stream);
  }

  private static Bench bench(
      ModelRequest request,
      ShimQueues shim,
      CudaContext context,
      Map<Topology, ModelClients> clients,
      HighWorkload high,
      LowWorkload low,
      Deque<Runnable> release) {
    double secondsPerRound = request.secondsPerMode() / request.rounds();
    var times = new CommandTimes(request.traced());
    var experiment =
        new Experiment(
            new ClientTestbed(clients, request.passesInFlight(), times, shim),
            request.arrivals(),
            request.ratePerSecond(),
            Suite.TEST5.sharings(request.topologies(), request.modes()).stream()
                .filter(ClientTestbed::isPossible)
                .map(sharing -> new Experiment.Part(sharing, secondsPerRound))
                .toList(),
            request.rounds(),
            request.seed());
    return new Bench(
        request.device(),
        ThisMachine.describe(context.device().name(), 0, null),
        new Configuration(
            Suite.TEST5.label(),
            request.profile(),
            Configuration.JVM,
            high,
            low,
            request.rounds(),
            secondsPerRound,
            request.seed()),
        experiment,
        times,
        () -> release.forEach(Runnable::run));
  }

  private static HighWorkload highWorkload(
      ModelRequest request, ExportedModel model, double difference) {
    return new HighWorkload(
        describe(model, difference),
        batch(model),
        model.inputs().getFirst().shape(),
        model.segments().size(),
        request.ratePerSecond(),
        request.arrivals());
  }

  private static LowWorkload lowWorkload(
      ModelRequest request, ExportedModel model, double difference) {
    return new LowWorkload(
        describe(model, difference),
        1,
        batch(model),
        model.inputs().getFirst().shape(),
        model.segments().size(),
        request.passesInFlight());
  }

  private static String describe(ExportedModel model, double difference) {
    return String.format(
        Locale.ROOT,
        "%s, AOTInductor of PyTorch %s, within %.1e of its outputs",
        model.name(),
        model.torch(),
        difference);
  }

  private static int batch(ExportedModel model) {
    return Math.toIntExact(model.inputs().getFirst().shape().getFirst());
  }
}
