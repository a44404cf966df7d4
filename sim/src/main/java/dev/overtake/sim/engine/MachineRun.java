package dev.overtake.sim.engine;

import dev.overtake.core.policy.Policy;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One machine, from the beginning to the end. */
final class MachineRun {
  private final Machine machine;
  private final int machineNumber;
  private final Scenario scenario;
  private final boolean scheduled;
  private final MachineStatistics statistics;
  private final Observer observer;
  private final Timers timers = new Timers();
  private final Map<String, SimulatedDevice> devices = new LinkedHashMap<>();
  private final List<SimulatedQueue> queues = new ArrayList<>();
  private final SimulatedScheduler scheduler;

  MachineRun(
      Machine machine,
      int machineNumber,
      Scenario scenario,
      @Nullable Policy policy,
      SplittableRandom random,
      MachineStatistics statistics,
      Observer observer) {
    this.machine = machine;
    this.machineNumber = machineNumber;
    this.scenario = scenario;
    this.statistics = statistics;
    this.observer = observer;
    scheduled = policy != null;
    for (int i = 0; i < machine.devices().size(); i++) {
      Device device = machine.devices().get(i);
      devices.put(
          device.name(), new SimulatedDevice(device, statistics.devices.get(i), timers, observer));
    }
    scheduler =
        new SimulatedScheduler(
            policy, scenario.decisionDelayNanos(), List.copyOf(devices.values()), timers, observer);
    for (int i = 0; i < machine.clients().size(); i++) {
      // A stream of each kind's own: one client more of one kind does not change the others.
      SplittableRandom ofKind = random.split();
      for (int n = 0; n < machine.clients().get(i).count(); n++) {
        add(machine.clients().get(i), n, statistics.clients.get(i), ofKind);
      }
    }
  }

  private void add(
      Client client, int number, ClientStatistics clientStatistics, SplittableRandom random) {
    var queue =
        new SimulatedQueue(
            new QueueIdentity(
                machine.name(),
                machineNumber,
                queues.size(),
                client.name(),
                number,
                client.device()),
            client,
            new Program(client.work(), client.load(), random.split()),
            scheduled ? client.inFlight() : null,
            Objects.requireNonNull(devices.get(client.device()), "a machine checks its clients"),
            scheduler,
            clientStatistics,
            timers,
            observer);
    queues.add(queue);
    Arrivals arrivals = Arrivals.of(client, queue, random.split(), timers);
    timers.make(now -> queue.attach(arrivals, now)).set(client.startNanos());
    timers.make(queue::leave).set(client.endNanos());
  }

  /** Simulates it, and adds what happened to the statistics. */
  void run() {
    long end = scenario.durationNanos();
    while (timers.nextNanos() < end) {
      long now = timers.nextNanos();
      timers.fireNext();
      scheduler.decideIfChanged(now);
    }
    devices.values().forEach(device -> device.end(end));
    queues.forEach(queue -> queue.end(end));
    statistics.machineEnded(scheduler.decisions(), timers.fired());
  }
}
