package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.products.ProductBench;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Bench;
import dev.overtake.platform.cuda.CudaDevice;
import dev.overtake.platform.cuda.CudaException;

/** Makes a test of matrix products on a GPU ready to run. */
public final class CudaBench {
  private CudaBench() {}

  /**
   * Opens the device, finds the scale, and has all clients compute once; takes some seconds.
   *
   * @throws LoadException if there is no such device, or something of CUDA's that is needed
   */
  public static Bench prepare(ProductRequest request) throws InterruptedException {
    try {
      return ProductBench.prepare(
          request, new CudaProducts(CudaDevice.named(request.device()).openPrimaryContext()));
    } catch (CudaException e) {
      throw LoadException.because("the test cannot be run on " + request.device(), e);
    }
  }
}
