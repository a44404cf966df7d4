package dev.overtake.platform.cuda;

import dev.overtake.driver.NativeEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The connections by which a context's streams reach the device. The driver spreads all streams
 * over them, 8 unless the environment's CUDA_DEVICE_MAX_CONNECTIONS says otherwise (1 to 32: CUDA
 * C++ Programming Guide, CUDA environment variables). A stream that stands at its shut gate may
 * keep another from running that shares its connection, so there are to be as many as can be, and
 * only so many queues get a gate that some connections are left.
 *
 * <p>On an H100 a free stream ran beside 31 that stood at their gates, and stood beside 32
 * (shim/bench/gated.c).
 */
final class Connections {
  private static final String VARIABLE = "CUDA_DEVICE_MAX_CONNECTIONS";
  private static final int MOST = 32;
  private static final int DRIVERS_DEFAULT = 8;

  /** For those who must not wait: a queue of level 1, and the stream that memory comes by. */
  private static final int UNGATED = 2;

  private static final int COUNT = settle(System.getenv(VARIABLE));

  private Connections() {}

  /**
   * Asks the driver for as many as there can be, unless the environment says how many. Has no
   * effect once the driver is initialized, by whomever.
   */
  static void settle() {} // The class has done it.

  /** How many queues of a context can have a gate at a time. */
  static int mostGates() {
    return Math.max(0, COUNT - UNGATED);
  }

  private static int settle(@Nullable String wanted) {
    if (wanted != null) {
      return count(wanted);
    }
    if (CudaDriver.isInitialized()) {
      return DRIVERS_DEFAULT;
    }
    NativeEnvironment.setUnlessSet(VARIABLE, Integer.toString(MOST));
    return MOST;
  }

  private static int count(String wanted) {
    try {
      return Math.clamp(Integer.parseInt(wanted.strip()), 1, MOST);
    } catch (NumberFormatException e) {
      return DRIVERS_DEFAULT;
    }
  }
}
