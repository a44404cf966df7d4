package dev.overtake.sim.model;

import java.util.List;

/**
 * Devices and the clients that use them, under one scheduler. Machines know nothing of one another.
 *
 * @param name no other machine of the scenario has it
 * @param count how many machines of this kind there are, at least 1; results are over all of them
 * @param devices at least one, each with a name of its own
 * @param clients at least one, each with a name of its own; they name devices of this machine
 */
public record Machine(String name, int count, List<Device> devices, List<Client> clients) {
  /**
   * @throws IllegalArgumentException if a value is out of range, or a client uses a device that
   *     there is not; the message says what to give
   */
  public Machine {
    Check.given("a machine", name);
    Check.positive("the count of machine " + name, count);
    devices = List.copyOf(devices);
    clients = List.copyOf(clients);
    Check.notEmpty("devices of machine " + name, devices);
    Check.notEmpty("clients of machine " + name, clients);
    Check.distinct("devices of machine " + name, devices, Device::name);
    Check.distinct("clients of machine " + name, clients, Client::name);
    List<String> names = devices.stream().map(Device::name).toList();
    for (Client client : clients) {
      if (!names.contains(client.device())) {
        throw new IllegalArgumentException(
            "client %s uses device %s: machine %s has %s"
                .formatted(client.name(), client.device(), name, String.join(", ", names)));
      }
    }
  }

  /** One machine with one device. */
  public static Machine of(Device device, List<Client> clients) {
    return new Machine("machine", 1, List.of(device), clients);
  }
}
