package dev.overtake.platform.hip;

import dev.overtake.driver.NativeEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The queues by which a device takes the work of streams. The runtime spreads all streams over
 * them, 4 unless the environment's GPU_MAX_HW_QUEUES says otherwise. A stream that stands at its
 * shut gate keeps others from running that share its queue, so there are to be as many as CUDA has
 * connections, and only so many queues get a gate that some are left.
 *
 * <p>How many a device has, and what more of them cost, has not been measured: that takes AMD's
 * hardware.
 */
final class HardwareQueues {
  private static final String VARIABLE = "GPU_MAX_HW_QUEUES";
  private static final int WANTED = 32;
  private static final int MOST = 128;
  private static final int RUNTIMES_DEFAULT = 4;

  /** For those who must not wait: a queue of level 1, and the stream that memory comes by. */
  private static final int UNGATED = 2;

  private static final int COUNT = settle(System.getenv(VARIABLE));

  private HardwareQueues() {}

  /**
   * Asks the runtime for enough, unless the environment says how many. Has no effect once the
   * runtime is initialized, by whomever.
   */
  static void settle() {} // The class has done it.

  /** How many queues of a device can have a gate at a time. */
  static int mostGates() {
    return Math.max(0, COUNT - UNGATED);
  }

  private static int settle(@Nullable String wanted) {
    if (wanted == null) {
      NativeEnvironment.setUnlessSet(VARIABLE, Integer.toString(WANTED));
      return WANTED;
    }
    try {
      return Math.clamp(Integer.parseInt(wanted.strip()), 1, MOST);
    } catch (NumberFormatException e) {
      return RUNTIMES_DEFAULT;
    }
  }
}
