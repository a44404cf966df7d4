package dev.overtake.sim.scenario;

import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Work;
import dev.overtake.sim.trace.TraceException;
import dev.overtake.sim.trace.TraceReader;
import dev.overtake.sim.trace.TracedRequest;
import java.nio.file.Path;
import java.util.List;

/**
 * What a recorded client did.
 *
 * @param place where the scenario names the trace
 * @param requests at least one
 */
record Recording(Value place, List<TracedRequest> requests) {
  /**
   * Reads the trace that a mapping names.
   *
   * @param folder what its path is relative to
   */
  static Recording read(Fields fields, Path folder) {
    Value trace = fields.require("trace");
    Value client = fields.require("client");
    String name = client.text("the name of a client in the trace");
    try {
      List<TracedRequest> requests =
          TraceReader.requestsOf(folder.resolve(trace.text("the path of a trace")), name);
      if (requests.isEmpty()) {
        throw client.problem("the trace has no request of client '%s'".formatted(name));
      }
      return new Recording(trace, requests);
    } catch (TraceException e) {
      throw trace.problem("the trace cannot be used: " + e.getMessage());
    }
  }

  /** The same requests again. */
  Load.Replay replay() {
    return place.checked(
        () ->
            new Load.Replay(
                requests.stream()
                    .map(each -> new Load.TraceRequest(each.dueNanos(), each.commandNanos()))
                    .toList()));
  }

  /** How long any of the commands took. */
  Distribution commandNanos() {
    List<Double> nanos =
        requests.stream()
            .flatMap(request -> request.commandNanos().stream())
            .map(Long::doubleValue)
            .toList();
    if (nanos.isEmpty()) {
      throw place.problem("the trace does not say how long commands take: give 'work' itself");
    }
    return new Distribution.Empirical(nanos);
  }

  /** How many commands a request had. */
  Distribution commands() {
    return new Distribution.Empirical(
        requests.stream().map(request -> (double) request.commandNanos().size()).toList());
  }

  /** The commands of each request of which that is known. */
  List<List<Long>> byRequest() {
    return requests.stream()
        .map(TracedRequest::commandNanos)
        .filter(commands -> !commands.isEmpty())
        .toList();
  }

  /** Work as it was recorded. */
  Work work(Distribution hostNanos, int iterations, int ahead) {
    return new Work(commandNanos(), commands(), byRequest(), hostNanos, iterations, ahead);
  }
}
