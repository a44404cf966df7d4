package dev.overtake.platform.hip;

import dev.overtake.driver.testing.AllocationContract;
import dev.overtake.driver.testing.StreamDevice;

class AllocationTest extends AllocationContract {
  @Override
  protected StreamDevice openDevice() {
    return new TestGpu();
  }
}
