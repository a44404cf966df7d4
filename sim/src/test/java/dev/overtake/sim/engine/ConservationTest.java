package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.RandomScenarios.POLICIES;
import static dev.overtake.sim.engine.Scenarios.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.sim.model.Scenario;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Nothing gets lost and nothing comes from nowhere, whatever the scenario. */
class ConservationTest {
  private static MachineResult run(Scenario scenario, Ledger ledger) {
    return Simulation.run(scenario, Simulation.policy(scenario, POLICIES), ledger)
        .machines()
        .getFirst();
  }

  @Property(tries = 100)
  void whateverCameIsAnsweredOnceNothingComesAnyMore(@ForAll long seed) {
    var ledger = new Ledger();
    MachineResult result = run(RandomScenarios.of(seed), ledger);
    assertThat(ledger.unanswered()).isZero();
    assertThat(ledger.inFlight()).isZero();
    assertThat(result.clients().stream().mapToLong(ClientResult::requests).sum())
        .isEqualTo(result.clients().stream().mapToLong(ClientResult::finished).sum())
        .isEqualTo(ledger.requests());
    assertThat(result.clients().stream().mapToLong(ClientResult::commands).sum())
        .isEqualTo(ledger.commands());
    for (DeviceResult device : result.devices()) {
      assertThat(device.busyNanos()).isEqualTo(ledger.ranNanos(device.name()));
      assertThat(device.handOverNanos()).isEqualTo(ledger.handOverNanos(device.name()));
    }
  }

  @Property(tries = 100)
  void whateverCameIsAnsweredOrStillThereWhenTheTimeIsOver(
      @ForAll long seed, @ForAll @LongRange(min = 1, max = 100) long millis) {
    var ledger = new Ledger();
    Scenario scenario = RandomScenarios.of(seed).withDurationNanos(millis * MILLI);
    MachineResult result = run(scenario, ledger);
    long answered = 0;
    long commands = 0;
    for (ClientResult client : result.clients()) {
      answered += client.finished();
      commands += client.commands();
      assertThat(client.latencyHistogram().getTotalCount()).isEqualTo(client.requests());
    }
    assertThat(answered + ledger.unanswered()).isEqualTo(ledger.requests());
    assertThat(commands + ledger.inFlight()).isEqualTo(ledger.commands());
  }

  @Property(tries = 100)
  void enginesAreBusyForAsLongAsTheCommandsTake(
      @ForAll long seed, @ForAll @LongRange(min = 10_000, max = 1_000_000) long commandNanos) {
    MachineResult result = run(RandomScenarios.of(seed, commandNanos), new Ledger());
    long served = 0;
    for (ClientResult client : result.clients()) {
      assertThat(client.serviceNanos()).isEqualTo(client.commands() * commandNanos);
      served += client.serviceNanos();
    }
    assertThat(result.devices().stream().mapToLong(DeviceResult::busyNanos).sum())
        .isEqualTo(served);
  }

  @Property(tries = 100)
  void sameSeedGivesTheSameToTheDigit(@ForAll long seed) {
    var first = new Ledger();
    var second = new Ledger();
    MachineResult result = run(RandomScenarios.of(seed), first);
    assertThat(run(RandomScenarios.of(seed), second)).isEqualTo(result);
    assertThat(second.entries()).isEqualTo(first.entries());
  }
}
