package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What becomes of the two commands of 9 ms that a queue has launched when it is held at 3 ms, for
 * 20 ms of more urgent work on a device that goes by turns of 2 ms.
 */
class HeldCommandTest {
  /** When the first two batch commands of that many queues are finished, in milliseconds. */
  private static List<Long> finishes(PreemptionLevel level, int queues) {
    Client batch =
        Client.of(
                "batch",
                "gpu",
                Load.ClosedLoop.withoutPause(),
                Work.commands(100, new Distribution.Constant(9 * MILLI)))
            .withCount(queues)
            .withHints(Hints.priority(1))
            .withInFlight(new InFlight.Commands(new LaunchConfig(2, 1)));
    Client urgent =
        Client.of(
                "urgent",
                "gpu",
                Load.ClosedLoop.withoutPause(),
                Work.oneCommand(new Distribution.Constant(20 * MILLI)))
            .withHints(Hints.priority(10))
            .during(3 * MILLI, 4 * MILLI);
    Scenario scenario =
        Scenarios.oneMachine(
            1,
            100 * MILLI,
            Scenarios.device(level, new Sharing.TimeSlices(2 * MILLI)),
            batch,
            urgent);
    var finishes = new ArrayList<Long>();
    var observer =
        new Observer() {
          @Override
          public void commandFinished(QueueIdentity queue, int engine, long nowNanos) {
            if (queue.client().equals("batch")) {
              finishes.add(nowNanos / MILLI);
            }
          }
        };
    Simulation.run(scenario, new HighestPriorityFirst(), observer);
    return finishes.subList(0, 2);
  }

  @Test
  void atLevel1BothGoOnInTheQueuesTurns() {
    assertThat(finishes(PreemptionLevel.L1, 1)).containsExactly(15L, 32L);
  }

  @Test
  void atLevel2TheOneThatHasStartedGoesOnAndTheOtherWaits() {
    assertThat(finishes(PreemptionLevel.L2, 1)).containsExactly(15L, 38L);
  }

  @Test
  void atLevel2OneThatHasStartedGoesOnAlsoIfItDidNotRunWhenItsQueueWasHeld() {
    assertThat(finishes(PreemptionLevel.L2, 2)).containsExactly(25L, 26L);
  }

  @Test
  void atLevel3BothWait() {
    assertThat(finishes(PreemptionLevel.L3, 1)).containsExactly(29L, 38L);
  }
}
