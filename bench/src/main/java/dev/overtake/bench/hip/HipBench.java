package dev.overtake.bench.hip;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.products.ProductBench;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Bench;
import dev.overtake.platform.hip.HipDevice;
import dev.overtake.platform.hip.HipException;

/** Makes a test of matrix products on a HIP device ready to run. */
public final class HipBench {
  private HipBench() {}

  /**
   * Finds the scale, and has all clients compute once; takes some seconds.
   *
   * @throws LoadException if there is no such device, or something of ROCm's that is needed
   */
  public static Bench prepare(ProductRequest request) throws InterruptedException {
    try {
      return ProductBench.prepare(request, new HipProducts(HipDevice.named(request.device())));
    } catch (HipException e) {
      throw LoadException.because("the test cannot be run on " + request.device(), e);
    }
  }
}
