package dev.overtake.cli;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.opencl.OpenClBuffer;
import dev.overtake.platform.opencl.OpenClCommand;
import dev.overtake.platform.opencl.OpenClContext;
import dev.overtake.platform.opencl.OpenClDevice;
import dev.overtake.platform.opencl.OpenClException;
import dev.overtake.platform.opencl.OpenClQueue;
import dev.overtake.platform.opencl.OpenClUnavailableException;
import java.time.Duration;

/**
 * A program that tries every OpenCL device and prints what came of it, a line each, words parted by
 * tabs: {@code LABEL NAME PLATFORM RESULT}, where the result is {@code ok} or what went wrong; or
 * {@code none MESSAGE}. A process of its own, since a driver that is broken may crash whoever calls
 * it.
 */
final class OpenClProbe {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private OpenClProbe() {}

  /** Prints; ends with status 0 even if there is no driver. */
  public static void main(String[] args) throws InterruptedException {
    try {
      for (OpenClDevice device : OpenClDevice.all()) {
        print(device.label(), device.name(), device.platform(), tried(device));
      }
    } catch (OpenClUnavailableException e) {
      print("none", String.valueOf(e.getMessage()));
    }
  }

  /** At level 2: whether the device waits for user events, and tells when a command has ended. */
  private static String tried(OpenClDevice device) throws InterruptedException {
    try (OpenClContext context = device.openContext();
        OpenClBuffer buffer = context.allocate(Long.BYTES);
        OpenClQueue commands = context.newQueue();
        XQueue queue =
            XQueue.on(commands.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open()) {
      queue.submit(OpenClCommand.fill(buffer, (byte) 1));
      queue.submit(OpenClCommand.fill(buffer, (byte) 2));
      return queue.awaitAll(LIMIT) ? "ok" : "a command does not end, or its end is not told";
    } catch (OpenClException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void print(String... words) {
    System.out.println(String.join("\t", words));
  }
}
