package dev.overtake.sim.engine;

import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.util.List;
import java.util.stream.IntStream;

/** Counts what happens on the machines of one kind. */
final class MachineStatistics {
  private final Machine machine;
  private final Scenario scenario;
  final List<DeviceStatistics> devices;
  final List<ClientStatistics> clients;
  private long decisions;
  private long events;

  MachineStatistics(Machine machine, Scenario scenario) {
    this.machine = machine;
    this.scenario = scenario;
    long from = scenario.warmUpNanos();
    devices = machine.devices().stream().map(_ -> new DeviceStatistics(from)).toList();
    clients = machine.clients().stream().map(_ -> new ClientStatistics(from)).toList();
  }

  /** One of the machines has been simulated to its end. */
  void machineEnded(long machineDecisions, long machineEvents) {
    decisions += machineDecisions;
    events += machineEvents;
  }

  MachineResult result() {
    int count = machine.count();
    return new MachineResult(
        machine.name(),
        count,
        IntStream.range(0, devices.size())
            .mapToObj(
                i ->
                    devices
                        .get(i)
                        .result(machine.devices().get(i), count, scenario.measuredNanos()))
            .toList(),
        IntStream.range(0, clients.size())
            .mapToObj(i -> clients.get(i).result(machine.clients().get(i), count))
            .toList(),
        decisions,
        events);
  }
}
