package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.xqueue.LaunchConfig;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Scenarios of any kind, under any policy, in which all clients leave long before the end. */
final class RandomScenarios {
  static final Policies POLICIES = Policies.installed(RandomScenarios.class.getClassLoader());

  private static final long MICRO = 1_000;

  /** When the last client is sent no more requests. */
  private static final long LAST_REQUEST = 100 * MILLI;

  private final Random random;

  private final Supplier<Distribution> commandNanos;

  private RandomScenarios(long seed) {
    random = new Random(seed);
    commandNanos = this::duration;
  }

  private RandomScenarios(long seed, long commandNanos) {
    random = new Random(seed);
    this.commandNanos = () -> new Distribution.Constant(commandNanos);
  }

  /** The one of this seed. */
  static Scenario of(long seed) {
    return new RandomScenarios(seed).scenario(seed);
  }

  /** One in which all commands take the same time. */
  static Scenario of(long seed, long commandNanos) {
    return new RandomScenarios(seed, commandNanos).scenario(seed);
  }

  private Scenario scenario(long seed) {
    List<Device> devices =
        IntStream.range(0, between(1, 2)).mapToObj(i -> device("device" + i)).toList();
    List<Client> clients =
        IntStream.range(0, between(1, 5))
            .mapToObj(i -> client("client" + i, anyOf(devices).name()))
            .toList();
    var policies = new ArrayList<>(POLICIES.names());
    policies.add(Scenario.NO_POLICY);
    return new Scenario(
        "random",
        seed,
        1_000 * LAST_REQUEST,
        0,
        anyOf(policies),
        anyOf(List.of(0L, 20 * MICRO)),
        List.of(new Machine("machine", 1, devices, clients)));
  }

  private Device device(String name) {
    return new Device(
        name,
        between(1, 3),
        anyOf(List.of(PreemptionLevel.values())),
        anyOf(
            List.of(
                new Sharing.Fifo(),
                new Sharing.CommandTurns(),
                new Sharing.TimeSlices(between(100, 2_000) * MICRO))),
        anyOf(List.of(0L, 30 * MICRO)),
        anyOf(List.of(0L, 5 * MICRO)),
        anyOf(List.of(2, Device.DRIVERS_QUEUE_DEPTH)));
  }

  private Client client(String name, String device) {
    boolean loop = random.nextBoolean();
    long start = between(0, 20) * MILLI;
    return Client.of(name, device, loop ? Load.ClosedLoop.withoutPause() : requests(), work(loop))
        .withCount(between(1, 3))
        .withHints(Hints.priority(between(0, 3)))
        .withInFlight(inFlight())
        .withLingerNanos(anyOf(List.of(0L, 200 * MICRO)))
        .during(start, start + between(1, 80) * MILLI);
  }

  private Load requests() {
    return new Load.OpenLoop(anyOf(List.of(Load.Arrivals.values())), between(10, 2_000));
  }

  private Work work(boolean loop) {
    return Work.commands(between(1, 8), commandNanos.get())
        .withHostNanos(anyOf(List.of(new Distribution.Constant(0), duration())))
        .withIterations(between(1, 3))
        .withRequestsAhead(anyOf(List.of(1, 4, loop ? 2 : Work.ALL_AHEAD)));
  }

  private Distribution duration() {
    double mean = between(20, 1_000) * MICRO;
    return anyOf(
        List.of(
            new Distribution.Constant(mean),
            new Distribution.Exponential(mean),
            new Distribution.LogNormal(mean, 0.5),
            new Distribution.Empirical(List.of(0.0, mean))));
  }

  private InFlight inFlight() {
    int batch = between(1, 8);
    return anyOf(
        List.of(
            new InFlight.Time(between(0, 1_000) * MICRO),
            new InFlight.Commands(new LaunchConfig(batch * between(1, 2), batch))));
  }

  private int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  private <T> T anyOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
