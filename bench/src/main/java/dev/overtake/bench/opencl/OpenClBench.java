package dev.overtake.bench.opencl;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.products.ProductBench;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Bench;
import dev.overtake.platform.opencl.OpenClDevice;
import dev.overtake.platform.opencl.OpenClException;

/** Makes a test of matrix products on an OpenCL device ready to run. */
public final class OpenClBench {
  private OpenClBench() {}

  /**
   * Opens the device, finds the scale, and has all clients compute once; takes some seconds.
   *
   * @throws LoadException if there is no such device, or it cannot do what is needed
   */
  public static Bench prepare(ProductRequest request) throws InterruptedException {
    try {
      return ProductBench.prepare(
          request, OpenClProducts.open(OpenClDevice.named(request.device())));
    } catch (OpenClException e) {
      throw LoadException.because("the test cannot be run on " + request.device(), e);
    }
  }
}
