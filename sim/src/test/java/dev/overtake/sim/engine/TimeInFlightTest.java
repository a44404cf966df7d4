package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Policies;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a thread launches whose queue is bounded by time. */
class TimeInFlightTest {
  private static final long MICRO = 1_000;

  private static Client loop(String name, long commandNanos) {
    Work work = Work.commands(1_000, new Distribution.Constant(commandNanos));
    return Client.of(name, "gpu", Load.ClosedLoop.withoutPause(), work)
        .withInFlight(new InFlight.Time(300 * MICRO));
  }

  /** The first launches of the client of this name, in microseconds. */
  private static List<Long> launches(String name, Device device, Client... clients) {
    Scenario scenario = Scenarios.oneMachine(1, 20 * MILLI, device, clients);
    var launches = new ArrayList<Long>();
    var observer =
        new Observer() {
          @Override
          public void commandLaunched(QueueIdentity queue, long nowNanos) {
            if (queue.client().equals(name)) {
              launches.add(nowNanos / MICRO);
            }
          }
        };
    Policies policies = Policies.installed(TimeInFlightTest.class.getClassLoader());
    Simulation.run(scenario, policies.find("HPF").orElseThrow(), observer);
    return launches.subList(0, 5);
  }

  private static Device turns(long handOverNanos) {
    return new Device(
        "gpu",
        1,
        PreemptionLevel.L1,
        new Sharing.CommandTurns(),
        handOverNanos,
        0,
        Device.DRIVERS_QUEUE_DEPTH);
  }

  @Test
  void commandThatFitsIntoTheBoundIsLaunchedAsSoonAsItDoes() {
    // Three of them fit; another one does whenever one more has run.
    assertThat(launches("a", turns(0), loop("a", 100 * MICRO)))
        .containsExactly(0L, 0L, 0L, 100L, 200L);
    // One runs and has 120 us left beside the next one's 180.
    assertThat(launches("a", turns(0), loop("a", 180 * MICRO)))
        .containsExactly(0L, 60L, 240L, 420L, 600L);
  }

  @Test
  void commandLongerThanTheBoundIsLaunchedWhenAThirdOfItIsLeft() {
    assertThat(launches("a", turns(0), loop("a", MILLI)))
        .containsExactly(0L, 900L, 1_900L, 2_900L, 3_900L);
  }

  @Test
  void timePassesOnlyWhileTheDeviceRunsACommandOfTheQueue() {
    // The device turns to the other queue at 1, 3, 5 ms.
    assertThat(launches("a", turns(0), loop("a", MILLI), loop("b", MILLI)))
        .containsExactly(0L, 900L, 2_900L, 4_900L, 6_900L);
  }

  @Test
  void handOverTakesNothingOffACommand() {
    assertThat(launches("a", turns(50 * MICRO), loop("a", MILLI), loop("b", MILLI)))
        .containsExactly(0L, 900L, 3_000L, 5_100L, 7_200L);
  }
}
