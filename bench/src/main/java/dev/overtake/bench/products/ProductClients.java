package dev.overtake.bench.products;

import dev.overtake.bench.harness.ClientDevice;
import dev.overtake.bench.harness.ClientTestbed;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The clients of a test, with a stream for each or one for all of them. */
final class ProductClients implements ClientTestbed.Clients, AutoCloseable {
  private final ProductDevice device;
  private final boolean shared;
  private final List<ProductDevice.Stream> streams = new ArrayList<>();
  private final ProductClient high;
  private final List<ProductClient> low = new ArrayList<>();

  /**
   * Opens them, and has each compute once.
   *
   * @param shared one stream for all
   * @param highWeights of the edge of the high side; its owner closes it, as the other
   * @param lowClients at least 1
   */
  ProductClients(
      ProductDevice device,
      boolean shared,
      Scale scale,
      ProductDevice.Matrix highWeights,
      int highProducts,
      ProductDevice.Matrix lowWeights,
      int lowProducts,
      int lowClients)
      throws InterruptedException {
    this.device = device;
    this.shared = shared;
    high =
        new ProductClient(device, stream(), highWeights, scale.edge(), highProducts, scale.edge());
    for (int i = 0; i < lowClients; i++) {
      low.add(
          new ProductClient(
              device,
              stream(),
              lowWeights,
              scale.lowEdge(),
              lowProducts,
              scale.lowRowsPerCommand()));
    }
    var _ = high.warmUp();
    for (ProductClient client : low) {
      var _ = client.warmUp();
    }
  }

  private ProductDevice.Stream stream() {
    if (streams.isEmpty() || !shared) {
      streams.add(device.openStream());
    }
    return streams.getLast();
  }

  ProductClient high() {
    return high;
  }

  List<ProductClient> low() {
    return low;
  }

  @Override
  public void close() {
    high.close();
    low.forEach(ProductClient::close);
    streams.forEach(ProductDevice.Stream::close);
  }

  @Override
  public ClientDevice open(PreemptionLevel level, int passesInFlight) {
    return new Device(this, level, passesInFlight);
  }

  /** What was launched runs to its end, whoever gives up; it is some milliseconds. */
  private record Device(ProductClients clients, PreemptionLevel level, int passesInFlight)
      implements ClientDevice {
    @Override
    public Client high(@Nullable Consumer<long[]> times) {
      return client(clients.high(), times);
    }

    @Override
    public List<Client> low(@Nullable Consumer<long[]> times) {
      return clients.low().stream().map(client -> client(client, times)).toList();
    }

    private Client client(ProductClient client, @Nullable Consumer<long[]> times) {
      return new Client(() -> client.openQueue(level), client::openDirect, client.chain())
          .timed(clients.device::newStopwatch, times);
    }

    @Override
    public void giveUp() {}

    @Override
    public void close() {}
  }
}
