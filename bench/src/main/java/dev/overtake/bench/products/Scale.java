package dev.overtake.bench.products;

import dev.overtake.bench.suite.HighLoad;
import java.util.List;

/**
 * How large the matrices are and how often requests come, so that the high side keeps the device
 * busy about a quarter of the time and the batch side's commands are short beside a request: a
 * command that has begun runs to its end.
 *
 * @param edge of the high side's matrices
 * @param ratePerSecond of its requests
 * @param lowEdge of the batch side's
 * @param lowRowsPerCommand of a batch product, divides its edge
 */
record Scale(int edge, double ratePerSecond, int lowEdge, int lowRowsPerCommand) {
  private static final List<Integer> EDGES =
      List.of(64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192);

  /** The longest command of the batch side, as a share of one request. */
  private static final double LONGEST_COMMAND = 1.0 / 16;

  /** What was asked for, and for the rest what fits the device. */
  static Scale find(ProductDevice device, ProductRequest request) throws InterruptedException {
    Double asked = request.ratePerSecond();
    double wanted = asked == null ? HighLoad.rateForP99(request.secondsPerMode()) : asked;
    int products = request.suite().highProducts();
    List<Integer> edges = request.edge() == null ? EDGES : List.of(request.edge());
    int edge = edges.getFirst();
    double seconds = secondsPerPass(device, edge, products, edge);
    // Upwards, since the largest take minutes where the device is a processor.
    for (int larger : edges.subList(1, edges.size())) {
      double longer = secondsPerPass(device, larger, products, larger);
      if (!HighLoad.fits(longer, wanted)) {
        break;
      }
      edge = larger;
      seconds = longer;
    }
    int lowEdge = request.suite().lowSize(edge);
    return new Scale(
        edge,
        asked == null ? HighLoad.rate(seconds, wanted) : asked,
        lowEdge,
        rowsPerCommand(device, lowEdge, LONGEST_COMMAND * seconds));
  }

  /**
   * The most rows of a product that take no longer than this; half of them if none do, and so on.
   */
  private static int rowsPerCommand(ProductDevice device, int edge, double mostSeconds)
      throws InterruptedException {
    int rows = edge;
    while (rows % 2 == 0
        && rows / 2 >= device.leastRows()
        && secondsPerPass(device, edge, 1, rows) * rows / edge > mostSeconds) {
      rows /= 2;
    }
    return rows;
  }

  private static double secondsPerPass(
      ProductDevice device, int edge, int products, int rowsPerCommand)
      throws InterruptedException {
    try (ProductDevice.Stream stream = device.openStream();
        ProductDevice.Matrix weights = device.random(edge, 0);
        var client = new ProductClient(device, stream, weights, edge, products, rowsPerCommand)) {
      return client.warmUp();
    }
  }
}
