package dev.overtake.sim.engine;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.List;

/** Scenarios that several tests use. */
final class Scenarios {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000_000_000;

  private Scenarios() {}

  /** One device that loses no time. */
  static Device device(PreemptionLevel level, Sharing sharing) {
    return Device.ideal("gpu", level, sharing);
  }

  /** Poisson requests of one command; a command at a time is in flight. */
  static Client poisson(String name, double ratePerSecond, Distribution serviceNanos) {
    return Client.of(
            name,
            "gpu",
            new Load.OpenLoop(Load.Arrivals.POISSON, ratePerSecond),
            Work.oneCommand(serviceNanos))
        .withInFlight(new InFlight.Time(0));
  }

  static Scenario oneMachine(long seed, long durationNanos, Device device, Client... clients) {
    return new Scenario(
        "test",
        seed,
        durationNanos,
        durationNanos / 100,
        Scenario.NO_POLICY,
        0,
        List.of(Machine.of(device, List.of(clients))));
  }
}
