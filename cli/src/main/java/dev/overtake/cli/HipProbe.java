package dev.overtake.cli;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.hip.HipBuffer;
import dev.overtake.platform.hip.HipCommand;
import dev.overtake.platform.hip.HipDevice;
import dev.overtake.platform.hip.HipException;
import dev.overtake.platform.hip.HipHwQueue;
import dev.overtake.platform.hip.HipStream;
import dev.overtake.platform.hip.HipUnavailableException;
import java.time.Duration;

/**
 * A program that tries every HIP device and prints what came of it, a line each, words parted by
 * tabs: {@code LABEL NAME VERSION LEVEL RESULT}, where the result is {@code ok} or what went wrong;
 * or {@code none MESSAGE}. A process of its own, since a driver that is broken may crash whoever
 * calls it.
 */
final class HipProbe {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private HipProbe() {}

  /** Prints; ends with status 0 even if there is no runtime. */
  public static void main(String[] args) throws InterruptedException {
    try {
      for (HipDevice device : HipDevice.all()) {
        PreemptionLevel level = level(device);
        print(
            device.label(),
            device.name(),
            HipDevice.runtimeVersion(),
            level.name(),
            tried(device, level));
      }
    } catch (HipUnavailableException e) {
      print("none", String.valueOf(e.getMessage()));
    }
  }

  /** What a stream reaches, found out by waiting in one. */
  private static PreemptionLevel level(HipDevice device) {
    try (HipStream stream = device.newStream()) {
      HipHwQueue queue = stream.openQueue(PreemptionLevel.L2);
      queue.close();
      return queue.maxLevel(); // Which is 1 where the device has too few hardware queues.
    } catch (UnsupportedOperationException e) {
      return PreemptionLevel.L1;
    }
  }

  private static String tried(HipDevice device, PreemptionLevel level) throws InterruptedException {
    try (HipBuffer buffer = device.allocate(Long.BYTES);
        HipStream stream = device.newStream();
        XQueue queue = XQueue.on(stream.openQueue(level)).level(level).open()) {
      queue.submit(HipCommand.fill(buffer, (byte) 1));
      queue.submit(HipCommand.fill(buffer, (byte) 2));
      return queue.awaitAll(LIMIT) ? "ok" : "a command does not end, or its end is not told";
    } catch (HipException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void print(String... words) {
    System.out.println(String.join("\t", words));
  }
}
