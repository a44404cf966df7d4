package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.testing.AllocationContract;
import dev.overtake.driver.testing.StreamDevice;
import org.junit.jupiter.api.Test;

class AllocationTest extends AllocationContract {
  private final TestGpu gpu = new TestGpu();

  @Override
  protected StreamDevice openDevice() {
    return gpu;
  }

  @Test
  void launchingProductsAllocatesNothing() throws InterruptedException {
    try (DeviceBuffer factor = gpu.context.allocate(Float.BYTES);
        DeviceBuffer product = gpu.context.allocate(Float.BYTES);
        CublasLt library = CublasLt.open(gpu.context)) {
      assertAllocatesNothing(
          PreemptionLevel.L1, () -> library.multiply(1, 1, 1, factor, factor, product));
    }
  }
}
