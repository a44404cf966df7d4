package dev.overtake.bench.cuda;

import dev.overtake.bench.products.ProductBenchContract;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Bench;

/** On the simulated driver. */
class CudaBenchTest extends ProductBenchContract {
  @Override
  protected String driver() {
    return "cuda";
  }

  @Override
  protected Bench prepare(ProductRequest request) throws InterruptedException {
    return CudaBench.prepare(request);
  }
}
