package dev.overtake.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.policy.Policies;
import dev.overtake.sim.comparison.Comparison;
import dev.overtake.sim.engine.ClientResult;
import dev.overtake.sim.engine.DeviceResult;
import dev.overtake.sim.engine.MachineResult;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios that come with the simulator, shortened, and what each of them is there to show.
 */
class ShippedScenariosTest {
  private static final long SECOND = 1_000_000_000;
  private static final Policies POLICIES =
      Policies.installed(ShippedScenariosTest.class.getClassLoader());

  static Stream<String> names() {
    return ShippedScenarios.names().stream();
  }

  private static Scenario scenario(String name) {
    return ShippedScenarios.read(name, POLICIES).scenario();
  }

  private static Comparison compare(Scenario scenario, String... policies) {
    return Comparison.run(scenario, List.of(policies), POLICIES);
  }

  private static MachineResult machine(Comparison comparison, int outcome) {
    return comparison.outcomes().get(outcome).result().machines().getFirst();
  }

  private static double p99(ClientResult client) {
    return client.latencyHistogram().getValueAtPercentile(99);
  }

  /** Of the first machine. */
  private static double isolation(Comparison comparison, int outcome, String client) {
    MachineResult machine = machine(comparison, outcome);
    return p99(machine.client(client)) / p99(comparison.alone(machine.name(), client));
  }

  @ParameterizedTest
  @MethodSource("names")
  void loadsAndSaysWhatItIsAbout(String name) {
    ScenarioFile file = ShippedScenarios.read(name, POLICIES);
    assertThat(file.scenario().name()).isEqualTo(name);
    assertThat(file.about()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void listIsComplete() throws Exception {
    Path folder = Path.of(ShippedScenarios.class.getResource("fleet.yaml").toURI()).getParent();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
          .filteredOn(name -> !name.endsWith(".class"))
          .containsExactlyInAnyOrderElementsOf(ShippedScenarios.names());
    }
  }

  @Test
  void unknownOneIsTold() {
    assertThatThrownBy(() -> ShippedScenarios.read("test6", POLICIES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("test6")
        .hasMessageContaining("fig9-priority");
  }

  @ParameterizedTest
  @MethodSource("names")
  void shortenedRunIsSensible(String name) {
    Scenario whole = scenario(name);
    List<Machine> few =
        whole.machines().stream()
            .map(m -> new Machine(m.name(), Math.min(3, m.count()), m.devices(), m.clients()))
            .toList();
    long seconds = name.equals("fleet") ? 120 : 4;
    Scenario scenario = whole.withDurationNanos(seconds * SECOND).withMachines(few);
    Comparison comparison = compare(scenario, whole.policy());
    assertThat(comparison.outcomes().getFirst().failure()).isNull();
    for (MachineResult machine : comparison.outcomes().getFirst().result().machines()) {
      for (ClientResult client : machine.clients()) {
        assertThat(client.finished()).as(client.name()).isPositive();
        ClientResult alone = comparison.alone(machine.name(), client.name());
        assertThat(client.latencyHistogram().getMean())
            .as("mean latency of %s, not below that alone", client.name())
            .isGreaterThanOrEqualTo(0.95 * alone.latencyHistogram().getMean());
      }
      for (DeviceResult device : machine.devices()) {
        assertThat(device.utilization()).as(device.name()).isBetween(0.2, 1.0);
      }
    }
  }

  @Test
  void test5HasItsProblemAndItsSolution() {
    Comparison comparison = compare(scenario("test5"), "NONE", "HPF");
    assertThat(isolation(comparison, 0, "high")).isGreaterThan(30);
    assertThat(isolation(comparison, 1, "high")).isBetween(1.0, 1.1);
    // Batch work keeps what the requests leave.
    ClientResult low = machine(comparison, 1).client("low");
    ClientResult alone = comparison.alone("machine", "low");
    double left =
        1
            - (double) comparison.alone("machine", "high").serviceNanos()
                / comparison.scenario().measuredNanos();
    assertThat(low.iterations() / (alone.iterations() * left)).isBetween(0.98, 1.02);
  }

  @Test
  void fig9FixedPriorityKeepsTheTailNearThatAlone() {
    Comparison comparison = compare(scenario("fig9-priority"), "NONE", "HPF");
    assertThat(isolation(comparison, 0, "foreground")).isGreaterThan(2);
    assertThat(isolation(comparison, 1, "foreground")).isBetween(1.02, 1.30);
  }

  @Test
  void fig9PartitionGivesEachItsShare() {
    Comparison comparison = compare(scenario("fig9-share"), "UP");
    MachineResult machine = machine(comparison, 0);
    double foreground = machine.client("foreground").serviceNanos();
    double background = machine.client("background").serviceNanos();
    assertThat(foreground / (foreground + background))
        .as("share of the foreground, which shall have 75 %, within 2 points")
        .isBetween(0.73, 0.77);
  }

  @Test
  void fig10KeepsEachXpusTailNearThatAlone() {
    Comparison comparison = compare(scenario("fig10-two-xpus"), "NONE", "HPF");
    for (String client : List.of("gpu-foreground", "npu-foreground")) {
      assertThat(isolation(comparison, 0, client)).as(client).isGreaterThan(1.5);
      assertThat(isolation(comparison, 1, client)).as(client).isBetween(1.0, 1.30);
    }
  }

  @Test
  void amongAThousandQueuesTheUpperClassesComeFirst() {
    Comparison comparison = compare(scenario("thousand-queues"), "HPF");
    MachineResult machine = machine(comparison, 0);
    assertThat(p99(machine.client("gold"))).isLessThan(p99(machine.client("silver")));
    assertThat(p99(machine.client("silver"))).isLessThan(p99(machine.client("bronze")));
    assertThat(p99(machine.client("bronze"))).isLessThan(p99(machine.client("batch")));
  }
}
