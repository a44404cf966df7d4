package dev.overtake.bench.hip;

import dev.overtake.bench.products.ProductBenchContract;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.suite.Bench;

/** On the simulated driver, by way of the bridge. */
class HipBenchTest extends ProductBenchContract {
  @Override
  protected String driver() {
    return "hip";
  }

  @Override
  protected Bench prepare(ProductRequest request) throws InterruptedException {
    return HipBench.prepare(request);
  }
}
