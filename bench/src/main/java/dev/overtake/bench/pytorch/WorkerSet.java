package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.result.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Both sides with one scheduling, in one process or two. They stay, with their models loaded, for
 * all trials of a test, and wait when they are not needed.
 */
final class WorkerSet implements AutoCloseable {
  /** What the high side is given; the low side has 0, as any program that asks for nothing. */
  private static final int HIGH_PRIORITY = 10;

  private static final int LOW_PRIORITY = 0;
  private static final int WARM_UP_REQUESTS = 50;

  private final Mode mode;
  private final @Nullable ShimLibrary shim;
  private final Map<Side, Worker> workers = new EnumMap<>(Side.class);
  private final Set<String> toldByShim = new HashSet<>();

  private WorkerSet(Mode mode, @Nullable ShimLibrary shim) {
    this.mode = mode;
    this.shim = shim;
  }

  /**
   * Starts the processes and does not wait for them.
   *
   * @param name of the set, in file names and messages
   * @param shim null for a set without it
   */
  static WorkerSet start(
      String name,
      Mode mode,
      @Nullable ShimLibrary shim,
      PyTorchRequest request,
      WorkerScript script) {
    var set = new WorkerSet(mode, shim);
    try {
      if (request.topology() == Topology.THREADS) {
        Worker both = set.start(name, EnumSet.allOf(Side.class), LOW_PRIORITY, request, script);
        set.workers.put(Side.HIGH, both);
        set.workers.put(Side.LOW, both);
      } else {
        set.workers.put(
            Side.HIGH,
            set.start(name + "-high", EnumSet.of(Side.HIGH), HIGH_PRIORITY, request, script));
        set.workers.put(
            Side.LOW,
            set.start(name + "-low", EnumSet.of(Side.LOW), LOW_PRIORITY, request, script));
      }
      return set;
    } catch (RuntimeException e) {
      set.close();
      throw e;
    }
  }

  private Worker start(
      String name, Set<Side> sides, int priority, PyTorchRequest request, WorkerScript script) {
    var command = new ArrayList<>(List.of(request.python(), "-u", script.file().toString()));
    command.addAll(arguments(request.workload()));
    command.addAll(List.of("--device", request.device()));
    if (sides.size() > 1 && shim != null) {
      command.addAll(List.of("--priority", Integer.toString(HIGH_PRIORITY)));
      if (request.workload().high().priorityPerRequest()) {
        command.add("--priority-per-request");
      }
    }
    return Worker.start(
        name,
        command,
        shim != null && mode instanceof Mode.Shim wanted
            ? shim.environment(wanted, priority)
            : ShimLibrary.noShim(),
        sides,
        script.folder());
  }

  private static List<String> arguments(Workload workload) {
    Workload.High high = workload.high();
    Workload.Low low = workload.low();
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("--seed", Long.toString(workload.seed())));
    arguments.addAll(List.of("--high-model", high.model()));
    arguments.addAll(List.of("--high-batch", Integer.toString(high.batch())));
    arguments.addAll(List.of("--low-model", low.model()));
    arguments.addAll(List.of("--low-batch", Integer.toString(low.batch())));
    arguments.addAll(List.of("--low-sync", Integer.toString(low.syncIterations())));
    if (workload.eager()) {
      arguments.add("--eager");
    }
    if (low.train()) {
      arguments.add("--low-train");
    }
    return arguments;
  }

  /**
   * Waits until both sides are ready, and sends some requests: the first ones of all take longer,
   * here too, and belong to no mode.
   *
   * @return what one of them says of itself
   * @throws dev.overtake.bench.harness.LoadException if one is not, or has not got the shim
   */
  Worker.Ready awaitReady(Duration timeout) throws InterruptedException {
    Worker.Ready last = null;
    for (Worker worker : distinct()) {
      last = worker.awaitReady(timeout);
      if (shim != null) {
        shim.requireAtWorkIn(worker, last);
      }
    }
    if (last == null) {
      throw new IllegalStateException("the set has no worker");
    }
    var requests = new WorkerRequests(exchange(Side.HIGH));
    for (int i = 0; i < WARM_UP_REQUESTS; i++) {
      requests.send().await();
    }
    return last;
  }

  /** The conversation with a side; only once the set is ready. */
  Exchange exchange(Side side) {
    Worker worker = workers.get(side);
    if (worker == null) {
      throw new IllegalStateException("the set has no " + side.label() + " side");
    }
    return worker.exchange(side);
  }

  /**
   * What the shim said since somebody asked last, each line once: two processes that have the same
   * to say are no news.
   */
  List<String> saidByShim() {
    return distinct().stream()
        .flatMap(worker -> worker.saidByShim().stream())
        .filter(toldByShim::add)
        .map(line -> "the shim says: " + line)
        .toList();
  }

  /** Ends the processes at once. Any thread may do so. */
  void kill(String because) {
    distinct().forEach(worker -> worker.kill(because));
  }

  /** Ends the processes. */
  @Override
  public void close() {
    distinct().forEach(Worker::close);
  }

  private Set<Worker> distinct() {
    return new LinkedHashSet<>(workers.values());
  }
}
