package dev.overtake.bench.cuda;

import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;

/** The clients of a test, with a stream for each or one for all of them. */
final class ProductClients implements AutoCloseable {
  private final CudaContext context;
  private final boolean shared;
  private final List<CudaStream> streams = new ArrayList<>();
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
      CudaContext context,
      boolean shared,
      Scale scale,
      DeviceBuffer highWeights,
      int highProducts,
      DeviceBuffer lowWeights,
      int lowProducts,
      int lowClients)
      throws InterruptedException {
    this.context = context;
    this.shared = shared;
    high =
        new ProductClient(context, stream(), highWeights, scale.edge(), highProducts, scale.edge());
    for (int i = 0; i < lowClients; i++) {
      low.add(
          new ProductClient(
              context,
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

  private CudaStream stream() {
    if (streams.isEmpty() || !shared) {
      streams.add(context.newStream());
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
    streams.forEach(CudaStream::close);
  }
}
