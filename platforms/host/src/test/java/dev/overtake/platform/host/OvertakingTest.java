package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all of it is for: a request overtakes the batch work that was queued before it. */
class OvertakingTest {
  /** How the two queues reach the hardware. */
  enum Topology {
    /** Through one hardware queue, as on a default stream. */
    SHARED,
    /** Through a hardware queue each. */
    SEPARATE
  }

  private final HostDevice device = HostDevice.open(1);
  private final LocalScheduler scheduler = new LocalScheduler(new HighestPriorityFirst());
  private final TestCommands commands = new TestCommands();

  @AfterEach
  void close() {
    scheduler.close();
    device.close();
  }

  @ParameterizedTest
  @EnumSource
  void withoutASchedulerTheHighWaitsForAllLowInFlightOfASharedQueue(Topology topology)
      throws InterruptedException {
    var lowHardware = device.openQueue();
    var low = XQueue.on(lowHardware).launchConfig(new LaunchConfig(4, 4)).open();
    var high = XQueue.on(beside(lowHardware, topology)).open();
    var running = submitLow(low, 10);

    var request = high.submit(commands.quick("high"));
    running.end();
    high.await(request);
    low.awaitAll();

    assertThat(commands.ran().indexOf("high")).isEqualTo(topology == Topology.SHARED ? 4 : 1);
  }

  @ParameterizedTest
  @EnumSource
  void atOneOneOnlyTheRunningCommandFinishesBeforeTheHighStarts(Topology topology)
      throws InterruptedException {
    overtakesAllButTheRunningCommand(topology, new LaunchConfig(1, 1), PreemptionLevel.L1);
  }

  @ParameterizedTest
  @EnumSource
  void atL2HoweverManyAreInFlight(Topology topology) throws InterruptedException {
    overtakesAllButTheRunningCommand(topology, new LaunchConfig(64, 8), PreemptionLevel.L2);
  }

  @ParameterizedTest
  @EnumSource
  void atL3OnlyTheRunningStepOfALongCommandFinishesBeforeTheHighStarts(Topology topology)
      throws InterruptedException {
    var lowHardware = device.openQueue();
    var low = open(lowHardware, 1, new LaunchConfig(64, 8), PreemptionLevel.L3);
    var high = open(beside(lowHardware, topology), 10, LaunchConfig.DEFAULT, PreemptionLevel.L1);
    var longCommand = low.submit(commands.stepper("low", 100));
    longCommand.awaitStep(1).allow(9);
    longCommand.awaitStep(10);

    var request = high.submit(commands.quick("high"));
    longCommand.allow(91);
    high.await(request);

    low.awaitAll();
    assertThat(commands.ran()).containsExactly("high", "low");
    assertThat(longCommand.done()).as("each step once").hasSize(100);
  }

  @ParameterizedTest
  @EnumSource(PreemptionLevel.class)
  void theLowStaysBehindAllThatTheHighHasSubmitted(PreemptionLevel level)
      throws InterruptedException {
    var lowHardware = device.openQueue();
    var low = open(lowHardware, 1, new LaunchConfig(1, 1), level);
    var high = open(device.openQueue(), 10, new LaunchConfig(1, 1), level);
    var running = submitLow(low, 5);

    for (int i = 1; i <= 20; i++) {
      high.submit(commands.quick("high " + i));
    }
    running.end();
    high.awaitAll();
    low.awaitAll();

    assertThat(commands.ran().subList(1, 21)).allMatch(name -> name.startsWith("high"));
    assertThat(commands.ran()).hasSize(25);
  }

  private void overtakesAllButTheRunningCommand(
      Topology topology, LaunchConfig lowConfig, PreemptionLevel level)
      throws InterruptedException {
    var lowHardware = device.openQueue();
    var low = open(lowHardware, 1, lowConfig, level);
    var high = open(beside(lowHardware, topology), 10, LaunchConfig.DEFAULT, PreemptionLevel.L1);
    var running = submitLow(low, 50);

    var request = high.submit(commands.quick("high"));
    running.end();
    high.await(request);
    low.awaitAll();

    assertThat(commands.ran().indexOf("high")).as("low commands before it").isEqualTo(1);
    assertThat(commands.ran()).hasSize(51);
    assertThat(commands.ran().stream().filter(name -> name.startsWith("low")))
        .isSortedAccordingTo(String::compareTo);
  }

  /** Low work, of which the first command has started and waits to be let go. */
  private TestCommands.Blocker submitLow(XQueue low, int count) {
    var running = low.submit(commands.blocker("low 01"));
    for (int i = 2; i <= count; i++) {
      low.submit(commands.quick("low %02d".formatted(i)));
    }
    return running.awaitStart();
  }

  private XQueue open(
      HostQueue hardware, int priority, LaunchConfig launchConfig, PreemptionLevel level) {
    return XQueue.on(hardware)
        .scheduler(scheduler)
        .hints(Hints.priority(priority))
        .launchConfig(launchConfig)
        .level(level)
        .open();
  }

  private HostQueue beside(HostQueue hardware, Topology topology) {
    return switch (topology) {
      case SHARED -> hardware.openShared();
      case SEPARATE -> device.openQueue();
    };
  }
}
