package dev.overtake.bench.harness;

import dev.overtake.bench.result.Topology;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.Map;
import java.util.Objects;

/**
 * Clients in this JVM that are ready to compute on a device, a set for each topology; a trial opens
 * their queues.
 *
 * @param sets by topology; a side that runs alone is of the separate ones
 * @param passesInFlight of each batch client
 * @param times hears how long commands take where nothing is scheduled
 * @param shim bounded as each trial's mode says, and by default where that is another
 */
public record ClientTestbed(
    Map<Topology, ? extends Clients> sets, int passesInFlight, CommandTimes times, ShimQueues shim)
    implements Testbed {
  private static final double WARM_UP_SECONDS = 0.5;
  private static final long SPIN_NANOS = 100_000;

  /** The clients of one topology. */
  public interface Clients {
    /** What a trial finds: queues are opened when they are asked for, and reach this level. */
    ClientDevice open(PreemptionLevel level, int passesInFlight);
  }

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
    Clients clients = Objects.requireNonNull(sets.get(topology), topology.label());
    PreemptionLevel level =
        sharing.mode() instanceof Mode.Queues queues ? queues.level() : PreemptionLevel.L1;
    shim.bound(sharing.mode() instanceof Mode.Shim bounded ? bounded : Mode.Shim.DEFAULT);
    return new ClientSetup(sharing, clients.open(level, passesInFlight), times);
  }

  /**
   * Whether the sides can share the device in this way: at level 2 a queue has its stream for
   * itself.
   */
  public static boolean isPossible(Sharing sharing) {
    return sharing.topology() != Topology.SHARED || sharing.mode().level() != PreemptionLevel.L2;
  }
}
