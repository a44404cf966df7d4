package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import java.util.function.Supplier;

/** How long commands take through an XQueue, from the first submission to the last one's end. */
final class OverheadTrial {
  private OverheadTrial() {}

  /**
   * Runs so many commands.
   *
   * @return nanoseconds
   * @throws UnsupportedOperationException if the device does not reach the level
   */
  static long run(
      SpinDevice device,
      Supplier<? extends Command> commands,
      int count,
      LaunchConfig config,
      PreemptionLevel level)
      throws InterruptedException {
    try (XQueue queue =
        XQueue.on(device.openQueue(level)).launchConfig(config).level(level).open()) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        queue.submit(commands.get());
      }
      queue.awaitAll();
      return System.nanoTime() - start;
    }
  }
}
