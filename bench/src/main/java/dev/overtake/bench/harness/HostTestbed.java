package dev.overtake.bench.harness;

import dev.overtake.bench.result.Topology;
import dev.overtake.platform.host.HostDevice;
import dev.overtake.platform.host.HostQueue;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host device: a fresh one for each trial, with a queue for each client on it. When a trial is
 * over, the device is closed under whatever is left.
 *
 * @param threads of the host device
 * @param times hears how long commands take where nothing is scheduled
 */
public record HostTestbed(Workloads workloads, int threads, CommandTimes times) implements Testbed {
  private static final double WARM_UP_SECONDS = 0.3;

  @Override
  public double warmUpSeconds() {
    return WARM_UP_SECONDS;
  }

  /** No spin: clients and device share the machine's processors. */
  @Override
  public long spinNanos() {
    return 0;
  }

  @Override
  public Setup setUp(Sharing sharing) {
    return new ClientSetup(sharing, new HostClients(workloads, threads, sharing), times);
  }

  private static final class HostClients implements ClientDevice {
    private final Workloads workloads;
    private final Sharing sharing;
    private final HostDevice device;
    private final HostQueue first;

    HostClients(Workloads workloads, int threads, Sharing sharing) {
      this.workloads = workloads;
      this.sharing = sharing;
      device = HostDevice.open(threads);
      first = device.openQueue();
    }

    @Override
    public Client high(@Nullable Consumer<long[]> times) {
      return new Client(first, new HostInferences(workloads.high().model(), times));
    }

    @Override
    public List<Client> low(@Nullable Consumer<long[]> times) {
      Workloads.Low low = workload();
      var computed = new HostInferences(low.model(), times);
      return Stream.generate(() -> new Client(lowQueue(), computed)).limit(low.clients()).toList();
    }

    private HostQueue lowQueue() {
      return sharing.topology() == Topology.SHARED ? first.openShared() : device.openQueue();
    }

    @Override
    public int passesInFlight() {
      return workload().passesInFlight();
    }

    private Workloads.Low workload() {
      return Objects.requireNonNull(workloads.low(), "a low side");
    }

    @Override
    public void giveUp() {
      device.close();
    }

    @Override
    public void close() {}
  }
}
