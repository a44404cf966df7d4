package dev.overtake.sim.scenario;

import dev.overtake.sim.model.Client;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has asked for which share of a machine's devices: all shares of a device are 100 % at most.
 */
final class Utilizations {
  private static final int WHOLE_PERCENT = 100;

  private final Map<String, Integer> percentByDevice = new HashMap<>();
  private final Map<String, Integer> percentByProcess = new HashMap<>();

  /**
   * Counts what a client asks for.
   *
   * @throws ScenarioException if it is more than those before it left
   */
  void add(Client client, Value place) {
    int asked = client.hints().utilizationPercent();
    if (client.process() == Client.OWN_PROCESS) {
      asked = Math.multiplyExact(asked, client.count());
    } else {
      // The hint is of the process: its queues share what it asks for.
      String process = client.device() + " " + client.process();
      int before = percentByProcess.getOrDefault(process, 0);
      percentByProcess.put(process, Math.max(before, asked));
      asked = Math.max(before, asked) - before;
    }
    int all = percentByDevice.merge(client.device(), asked, Math::addExact);
    if (all > WHOLE_PERCENT) {
      throw place.problem(
          "with client %s the clients of device %s ask for %d %% of it: give utilizations of 100 %% together at most"
              .formatted(client.name(), client.device(), all));
    }
  }
}
