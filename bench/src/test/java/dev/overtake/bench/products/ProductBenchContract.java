package dev.overtake.bench.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.Suite;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is run and reported on devices of one driver, never how fast. */
public abstract class ProductBenchContract {
  private static final List<Mode> MODES =
      List.of(
          Mode.baseline(),
          Mode.queues(4, 2, PreemptionLevel.L1),
          Mode.queues(16, 8, PreemptionLevel.L2));

  /** The driver's word in a device's label, such as {@code cuda}. */
  protected abstract String driver();

  protected abstract Bench prepare(ProductRequest request) throws InterruptedException;

  private static ProductRequest request(Suite suite, Set<Topology> topologies, String device) {
    return new ProductRequest(
        suite, device, topologies, MODES, 1, 0.5, 8, 20.0, Arrivals.PERIODIC, 1, 1, false);
  }

  private List<Run> run(Suite suite, Set<Topology> topologies) throws InterruptedException {
    try (Bench bench = prepare(request(suite, topologies, driver() + ":0"))) {
      Bench.Outcome outcome =
          bench.run(List.of(), "test", Clock.systemUTC(), new StopSignal(), Progress.NONE);
      assertThat(outcome.failure()).isNull();
      assertThat(outcome.results().complete()).isTrue();
      assertThat(outcome.recorded()).as("commands' times, which nobody wanted").isEmpty();
      assertThat(outcome.results().configuration().runner()).isEqualTo("jvm");
      return outcome.results().runs();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TEST2", "TEST4"})
  void bothSidesRunInEveryModeAndTopologyThatThereIs(Suite suite) throws InterruptedException {
    List<Run> runs = run(suite, EnumSet.of(Topology.SHARED, Topology.SEPARATE));
    for (int again = 0; again < 3 && runs.stream().anyMatch(this::stoodStill); again++) {
      runs = run(suite, EnumSet.of(Topology.SHARED, Topology.SEPARATE));
    }

    assertThat(runs)
        .extracting(run -> run.topology().label() + ": " + run.mode())
        .containsExactlyInAnyOrder(
            "none: standalone-high",
            "none: standalone-low",
            "separate: baseline",
            "separate: XQueue (4,2)",
            "separate: XQueue (16,8) L2",
            "shared: baseline",
            "shared: XQueue (4,2)");
    assertThat(runs)
        .filteredOn(run -> run.high() != null)
        .allSatisfy(run -> assertThat(run.high().samples()).isEqualTo(10));
    assertThat(runs)
        .filteredOn(run -> run.low() != null)
        .allSatisfy(run -> assertThat(run.low().iterationsPerSecond()).isPositive());
  }

  /** As the low side may on a busy machine, for as long as it was measured. */
  private boolean stoodStill(Run run) {
    return run.low() != null && run.low().iterationsPerSecond() == 0;
  }

  @Test
  void oneClientIsTestedForItsLatencyAndForItsThroughput() throws InterruptedException {
    assertThat(run(Suite.TEST1, EnumSet.of(Topology.SEPARATE)))
        .extracting(run -> run.mode() + (run.high() == null ? ", low" : ", high"))
        .containsExactlyInAnyOrder(
            "standalone-high, high",
            "XQueue (4,2), high",
            "XQueue (16,8) L2, high",
            "standalone-low, low",
            "XQueue (4,2), low",
            "XQueue (16,8) L2, low");
  }

  @Test
  void aDeviceThatIsNotThereIsTold() {
    String device = driver() + ":77";

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> prepare(request(Suite.TEST4, EnumSet.of(Topology.SEPARATE), device)))
        .withMessageContaining(
            "the test cannot be run on %1$s: there is no device %1$s".formatted(device));
  }
}
