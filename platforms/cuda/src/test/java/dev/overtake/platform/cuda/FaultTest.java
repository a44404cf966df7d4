package dev.overtake.platform.cuda;

import dev.overtake.driver.testing.FaultContract;
import dev.overtake.driver.testing.StreamDevice;

class FaultTest extends FaultContract {
  @Override
  protected Class<? extends StreamDevice> device() {
    return TestGpu.class;
  }

  @Override
  protected String statusName() {
    return "CUDA_ERROR_ILLEGAL_ADDRESS";
  }
}
