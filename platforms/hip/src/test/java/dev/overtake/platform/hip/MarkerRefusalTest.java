package dev.overtake.platform.hip;

import dev.overtake.driver.testing.MarkerRefusalContract;
import dev.overtake.driver.testing.StreamDevice;

class MarkerRefusalTest extends MarkerRefusalContract {
  @Override
  protected Class<? extends StreamDevice> device() {
    return TestGpu.class;
  }

  @Override
  protected String outOfMemory() {
    return "hipErrorOutOfMemory";
  }

  /** The last of its three calls; the trial and the first gate wrote twice each. */
  @Override
  protected String failureAtLevel2() {
    return "cuStreamWriteValue32:6:2";
  }
}
