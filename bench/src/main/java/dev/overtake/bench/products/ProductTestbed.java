package dev.overtake.bench.products;

import dev.overtake.bench.harness.ClientDevice;
import dev.overtake.bench.harness.ClientSetup;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.harness.Testbed;
import dev.overtake.bench.result.Topology;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Clients that are ready, a set for each topology; a trial opens their queues.
 *
 * @param sets by topology; a side that runs alone is of the separate ones
 * @param passesInFlight of each batch client
 */
record ProductTestbed(Map<Topology, ProductClients> sets, int passesInFlight) implements Testbed {
  private static final double WARM_UP_SECONDS = 0.5;
  private static final long SPIN_NANOS = 100_000;

  @Override
  public double warmUpSeconds() {
    return WARM_UP_SECONDS;
  }

  @Override
  public long spinNanos() {
    return SPIN_NANOS;
  }

  @Override
  public Setup setUp(Sharing sharing) {
    Topology topology =
        sharing.topology() == Topology.NONE ? Topology.SEPARATE : sharing.topology();
    ProductClients clients = Objects.requireNonNull(sets.get(topology), topology.label());
    PreemptionLevel level =
        sharing.mode() instanceof Mode.Queues queues ? queues.level() : PreemptionLevel.L1;
    return new ClientSetup(sharing, new Clients(clients, level, passesInFlight));
  }

  /**
   * Whether the sides can share the device in this way: at level 2 a queue has its stream for
   * itself.
   */
  static boolean isPossible(Sharing sharing) {
    return sharing.topology() != Topology.SHARED || sharing.mode().level() != PreemptionLevel.L2;
  }

  /** What was launched runs to its end, whoever gives up; it is some milliseconds. */
  private record Clients(ProductClients clients, PreemptionLevel level, int passesInFlight)
      implements ClientDevice {
    @Override
    public Client high() {
      return client(clients.high());
    }

    @Override
    public List<Client> low() {
      return clients.low().stream().map(this::client).toList();
    }

    private Client client(ProductClient client) {
      return new Client(() -> client.openQueue(level), client::openDirect, client.chain());
    }

    @Override
    public void giveUp() {}

    @Override
    public void close() {}
  }
}
