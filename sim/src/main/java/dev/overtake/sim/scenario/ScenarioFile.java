package dev.overtake.sim.scenario;

import dev.overtake.core.policy.Policies;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What a scenario file holds.
 *
 * @param about what it is there for, in a sentence; empty if the file does not say
 */
public record ScenarioFile(Scenario scenario, String about) {
  private static final String DEFAULT_POLICY = "HPF";
  private static final int MOST_MACHINES = 1_000_000;

  /**
   * Reads a file.
   *
   * @param policies that it may name, beside {@link Scenario#NO_POLICY}
   * @throws ScenarioException if it cannot be used as it is
   */
  public static ScenarioFile read(Path file, Policies policies) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return parse(
          Files.readString(file), file.toString(), folder == null ? file : folder, policies);
    } catch (NoSuchFileException e) {
      throw new ScenarioException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new ScenarioException("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads the text of a file.
   *
   * @param name as messages call it; without folder and {@code .yaml}, it is the scenario's unless
   *     that names itself
   * @param folder what the paths of traces are relative to
   */
  static ScenarioFile parse(String text, String name, Path folder, Policies policies) {
    var root = new Value(name, "the scenario", compose(text, name));
    Fields fields =
        root.fields(
            "name",
            "about",
            "duration",
            "warm-up",
            "seed",
            "policy",
            "decision-delay",
            "devices",
            "clients",
            "machines");
    List<Machine> machines = machines(fields, folder);
    return root.checked(
        () ->
            new ScenarioFile(
                new Scenario(
                    fields.find("name").map(value -> value.text("a name")).orElse(stem(name)),
                    fields
                        .find("seed")
                        .map(value -> (long) Units.integer(value, 0, Scenario.MAX_SEED))
                        .orElse(1L),
                    Units.nanosAboveZero(fields.require("duration")),
                    fields.find("warm-up").map(Units::nanos).orElse(0L),
                    fields
                        .find("policy")
                        .map(value -> policy(value, policies))
                        .orElse(DEFAULT_POLICY),
                    fields.find("decision-delay").map(Units::nanos).orElse(0L),
                    machines),
                fields.find("about").map(value -> value.text("a sentence")).orElse("")));
  }

  private static Node compose(String text, String name) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    Optional<Node> root;
    try {
      root = new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      throw new ScenarioException(
          Value.place(name, e.getProblemMark().orElse(null))
              + "not YAML: "
              + e.getProblem().replaceAll("\\s+", " "),
          e);
    } catch (YamlEngineException e) {
      throw new ScenarioException("%s: not YAML: %s".formatted(name, e.getMessage()), e);
    }
    return root.orElseThrow(
        () ->
            new ScenarioException(
                name + ": empty: give a scenario, with devices and clients", null));
  }

  private static String policy(Value value, Policies policies) {
    var names = new ArrayList<>(policies.names());
    names.add(Scenario.NO_POLICY);
    String expected = "one of " + String.join(", ", names);
    String name = value.text(expected);
    if (!names.contains(name)) {
      throw value.wrong(expected);
    }
    return name;
  }

  /** Either several kinds of machines, or the devices and clients of one. */
  private static List<Machine> machines(Fields fields, Path folder) {
    if (fields.oneOf("machines", "devices").equals("machines")) {
      fields.requireWith("clients", "devices");
      return fields.require("machines").items().stream()
          .map(value -> machine(value, folder))
          .toList();
    }
    List<Device> devices = devices(fields);
    Value clients = fields.require("clients");
    return List.of(
        clients.checked(
            () -> new Machine("machine", 1, devices, clients(clients, devices, folder))));
  }

  private static Machine machine(Value value, Path folder) {
    Fields fields = value.fields("name", "count", "devices", "clients");
    List<Device> devices = devices(fields);
    return value.checked(
        () ->
            new Machine(
                fields.require("name").text("a name"),
                fields.find("count").map(count -> Units.integer(count, 1, MOST_MACHINES)).orElse(1),
                devices,
                clients(fields.require("clients"), devices, folder)));
  }

  private static List<Device> devices(Fields fields) {
    var devices = new ArrayList<Device>();
    var names = new HashSet<String>();
    for (Value item : fields.require("devices").items()) {
      Device device = DeviceReader.read(item);
      if (!names.add(device.name())) {
        throw item.problem(
            "two devices are named %s: give each a name of its own".formatted(device.name()));
      }
      devices.add(device);
    }
    return devices;
  }

  private static List<Client> clients(Value value, List<Device> devices, Path folder) {
    var reader = new ClientReader(folder, devices);
    var shares = new Utilizations();
    var clients = new ArrayList<Client>();
    for (Value item : value.items()) {
      Client client = reader.read(item);
      shares.add(client, item);
      clients.add(client);
    }
    return clients;
  }

  private static String stem(String name) {
    Path last = Path.of(name).getFileName();
    return String.valueOf(last).replaceFirst("\\.ya?ml$", "");
  }
}
