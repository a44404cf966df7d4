package dev.overtake.platform.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Commands that were recorded once and are launched together: much cheaper than one by one. */
public final class CudaGraph extends CudaResource {
  private final CudaContext context;
  private final long executable;

  /** What its commands use, alive as long as it is. */
  private final List<CudaResource> resources;

  private CudaGraph(CudaContext context, long executable, List<CudaResource> resources) {
    this.context = context;
    this.executable = executable;
    this.resources = resources;
  }

  /**
   * Records what the body adds, instead of running it (stream capture).
   *
   * @param body adds commands, in order; it is called once, before this returns. Host functions
   *     cannot be recorded, since each of them is called once, nor can events: within a graph they
   *     order its own parts, and say nothing to who asks them
   * @throws IllegalArgumentException if it adds one of those
   * @throws CudaStatusException if something cannot be recorded
   */
  public static CudaGraph record(CudaContext context, Consumer<Consumer<CudaCommand>> body) {
    var resources = new ArrayList<CudaResource>();
    try (CudaStream stream = context.newStream()) {
      long executable =
          context.call(
              () ->
                  instantiated(capture(stream, command -> add(command, stream, resources), body)));
      return new CudaGraph(context, executable, resources);
    } catch (RuntimeException | Error e) {
      resources.forEach(CudaResource::release);
      throw e;
    }
  }

  private static long capture(
      CudaStream stream, Consumer<CudaCommand> recorder, Consumer<Consumer<CudaCommand>> body) {
    CudaDriver.beginCapture(stream.handle(), CudaDriver.CAPTURE_THREAD_LOCAL);
    try {
      body.accept(recorder);
    } catch (RuntimeException | Error e) {
      try {
        CudaDriver.destroyGraph(CudaDriver.endCapture(stream.handle()));
      } catch (CudaStatusException broken) {
        e.addSuppressed(broken);
      }
      throw e;
    }
    return CudaDriver.endCapture(stream.handle());
  }

  private static void add(CudaCommand command, CudaStream stream, List<CudaResource> resources) {
    if (!command.fitsGraph()) {
      throw new IllegalArgumentException(
          "a host function cannot be part of a graph, nor can an event be recorded or awaited in"
              + " one: submit it before the graph or behind it");
    }
    for (CudaResource resource : command.resources()) {
      resource.retain();
      resources.add(resource);
    }
    command.launch(stream, (_, _) -> {});
  }

  private static long instantiated(long graph) {
    try {
      return CudaDriver.instantiate(graph);
    } finally {
      CudaDriver.destroyGraph(graph);
    }
  }

  long executable() {
    requireAlive();
    return executable;
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  void free() {
    CudaDriver.destroyExecutable(executable);
    resources.forEach(CudaResource::release);
  }

  @Override
  public String toString() {
    return "graph on " + context.device().label();
  }
}
