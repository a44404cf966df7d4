package dev.overtake.sim.scenario;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How clients are written.
 *
 * @param folder what the paths of traces are relative to
 * @param devices of the client's machine
 */
record ClientReader(Path folder, List<Device> devices) {
  private static final int MOST_CLIENTS = 1_000_000;
  private static final int MOST_PID = 999_999_999;

  Client read(Value value) {
    Fields fields =
        value.fields(
            "name",
            "count",
            "device",
            "process",
            "nice",
            "hints",
            "in-flight",
            "linger",
            "load",
            "work",
            "start",
            "end");
    Value load = fields.require("load");
    String kind = kindOfLoad(load);
    Recording recording = kind.equals("trace") ? Recording.read(loadFields(load), folder) : null;
    return value.checked(
        () ->
            new Client(
                fields.require("name").text("a name"),
                fields.find("count").map(count -> Units.integer(count, 1, MOST_CLIENTS)).orElse(1),
                fields.find("device").map(this::device).orElseGet(() -> onlyDevice(value)),
                fields
                    .find("process")
                    .map(process -> (long) Units.integer(process, 1, MOST_PID))
                    .orElse(Client.OWN_PROCESS),
                fields.find("nice").map(nice -> Units.integer(nice, -20, 19)).orElse(0),
                fields.find("hints").map(HintsReader::read).orElse(Hints.NONE),
                fields.find("in-flight").map(ClientReader::inFlight).orElse(InFlight.DEFAULT),
                fields.find("linger").map(Units::nanos).orElse(0L),
                recording == null ? load(kind, load) : recording.replay(),
                work(fields, recording),
                fields.find("start").map(Units::nanos).orElse(0L),
                fields.find("end").map(Units::nanosAboveZero).orElse(Client.STAYS)));
  }

  private String device(Value value) {
    List<String> names = devices.stream().map(Device::name).toList();
    String expected = "a device of the machine: " + String.join(", ", names);
    String name = value.text(expected);
    if (!names.contains(name)) {
      throw value.wrong(expected);
    }
    return name;
  }

  private String onlyDevice(Value client) {
    if (devices.size() > 1) {
      throw client.problem(
          "a client has no 'device' and the machine several: give one of "
              + String.join(", ", devices.stream().map(Device::name).toList()));
    }
    return devices.getFirst().name();
  }

  private static InFlight inFlight(Value value) {
    if (!value.isMapping()) {
      return new InFlight.Time(Units.nanos(value));
    }
    Fields fields = value.fields("threshold", "batch");
    return value.checked(
        () ->
            new InFlight.Commands(
                new LaunchConfig(
                    Units.integer(fields.require("threshold"), 1, MOST_CLIENTS),
                    Units.integer(fields.require("batch"), 1, MOST_CLIENTS))));
  }

  private static Fields loadFields(Value value) {
    return value.fields("rate", "arrivals", "think", "trace", "client");
  }

  /** {@code loop}, or which of the keys it has that say what it is. */
  private static String kindOfLoad(Value value) {
    if (!value.isMapping()) {
      String expected = "loop, {rate: 20/s}, {think: TIME} or {trace: FILE, client: NAME}";
      if (!value.text(expected).equals("loop")) {
        throw value.wrong(expected);
      }
      return "loop";
    }
    Fields fields = loadFields(value);
    fields.requireWith("arrivals", "rate");
    fields.requireWith("client", "trace");
    return fields.oneOf("rate", "think", "trace");
  }

  private static Load load(String kind, Value value) {
    if (kind.equals("loop")) {
      return Load.ClosedLoop.withoutPause();
    }
    Fields fields = loadFields(value);
    if (kind.equals("think")) {
      return new Load.ClosedLoop(Distributions.times(fields.require("think")));
    }
    return new Load.OpenLoop(
        fields.find("arrivals").map(ClientReader::arrivals).orElse(Load.Arrivals.POISSON),
        Units.perSecond(fields.require("rate")));
  }

  private static Load.Arrivals arrivals(Value value) {
    String expected = "poisson, periodic or uniform";
    return switch (value.text(expected)) {
      case "poisson" -> Load.Arrivals.POISSON;
      case "periodic" -> Load.Arrivals.PERIODIC;
      case "uniform" -> Load.Arrivals.UNIFORM;
      default -> throw value.wrong(expected);
    };
  }

  private Work work(Fields client, @Nullable Recording recording) {
    Optional<Value> given = client.find("work");
    if (given.isEmpty() && recording != null) {
      return recording.work(nothing(), 1, 1);
    }
    Value value = client.require("work");
    Fields fields =
        value.fields("command", "commands", "host", "iterations", "ahead", "trace", "client");
    fields.requireWith("client", "trace");
    Distribution hostNanos =
        fields.find("host").map(Distributions::times).orElseGet(ClientReader::nothing);
    int iterations =
        fields.find("iterations").map(number -> Units.integer(number, 1, MOST_CLIENTS)).orElse(1);
    int ahead = fields.find("ahead").map(ClientReader::ahead).orElse(1);
    if (fields.oneOf("command", "trace").equals("trace")) {
      if (fields.has("commands")) {
        throw fields
            .require("commands")
            .problem("work has 'trace', which says how many commands there are: leave 'commands'");
      }
      return Recording.read(fields, folder).work(hostNanos, iterations, ahead);
    }
    return value.checked(
        () ->
            new Work(
                Distributions.times(fields.require("command")),
                fields
                    .find("commands")
                    .map(Distributions::numbers)
                    .orElseGet(() -> new Distribution.Constant(1)),
                List.of(),
                hostNanos,
                iterations,
                ahead));
  }

  private static int ahead(Value value) {
    return value.isText() && value.text("a number, or all").equals("all")
        ? Work.ALL_AHEAD
        : Units.integer(value, 1, MOST_CLIENTS);
  }

  private static Distribution nothing() {
    return new Distribution.Constant(0);
  }
}
