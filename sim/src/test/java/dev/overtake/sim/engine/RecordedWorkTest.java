package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work whose commands somebody recorded. */
class RecordedWorkTest {
  /** How long the commands of each iteration take, in milliseconds. */
  private static final List<List<Long>> RECORDED =
      List.of(List.of(1L, 2L), List.of(3L), List.of(4L, 5L, 6L));

  private static Work work(int iterations) {
    return new Work(
        new Distribution.Constant(1),
        new Distribution.Constant(1),
        RECORDED.stream()
            .map(commands -> commands.stream().map(millis -> millis * MILLI).toList())
            .toList(),
        new Distribution.Constant(0),
        iterations,
        1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void iterationsComeInTheirOrderFromAnyOneOfThemOnAndAgain(int iterations) {
    Client loop = Client.of("loop", "gpu", Load.ClosedLoop.withoutPause(), work(iterations));
    var began = new ArrayList<Long>();
    for (long seed = 0; seed < 30; seed++) {
      List<Long> ran = ranMillis(seed, loop);
      began.add(ran.getFirst());
      List<Long> thrice = List.of(1L, 2L, 3L, 4L, 5L, 6L, 1L, 2L, 3L, 4L, 5L, 6L, 1L, 2L, 3L);
      assertThat(thrice).containsSequence(ran.subList(0, 9));
    }
    assertThat(began).containsOnly(1L, 3L, 4L).contains(1L, 3L, 4L);
  }

  /** How long its commands ran, one after the other. */
  private static List<Long> ranMillis(long seed, Client client) {
    Scenario scenario =
        Scenarios.oneMachine(
            seed, 100 * MILLI, Scenarios.device(PreemptionLevel.L1, new Sharing.Fifo()), client);
    var ran = new ArrayList<Long>();
    Simulation.run(
        scenario,
        null,
        new Observer() {
          private long startedNanos;

          @Override
          public void commandStarted(
              QueueIdentity queue, int engine, long handOverNanos, long nowNanos) {
            startedNanos = nowNanos;
          }

          @Override
          public void commandFinished(QueueIdentity queue, int engine, long nowNanos) {
            ran.add((nowNanos - startedNanos) / MILLI);
          }
        });
    return ran;
  }
}
