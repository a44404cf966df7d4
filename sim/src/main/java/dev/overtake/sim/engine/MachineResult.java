package dev.overtake.sim.engine;

import java.util.List;

/**
 * What happened on all machines of a kind.
 *
 * @param name of the machine
 * @param machines how many there were
 * @param devices in the order of the scenario
 * @param clients in the order of the scenario
 * @param decisions how often the policy was asked, warm-up included
 * @param events how many were simulated, warm-up included
 */
public record MachineResult(
    String name,
    int machines,
    List<DeviceResult> devices,
    List<ClientResult> clients,
    long decisions,
    long events) {
  public MachineResult {
    devices = List.copyOf(devices);
    clients = List.copyOf(clients);
  }

  /**
   * The client of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ClientResult client(String name) {
    return clients.stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no client is named " + name));
  }

  /**
   * The device of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public DeviceResult device(String name) {
    return devices.stream()
        .filter(device -> device.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no device is named " + name));
  }
}
