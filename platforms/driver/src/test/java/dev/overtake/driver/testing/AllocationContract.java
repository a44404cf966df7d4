package dev.overtake.driver.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.overtake.core.testing.SilentListener;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a launch costs the garbage collector. */
@Timeout(120)
public abstract class AllocationContract extends StreamContract {
  private static final int LAUNCHES = 20_000;
  private static final int BATCH = 8;

  /** Until all of it is compiled, which takes as long as the machine is busy, and has grown. */
  private static final long MOST_NANOS = SECONDS.toNanos(60);

  /**
   * An object has 16 bytes at least, so this is less than one a launch. The JVM itself allocates
   * now and then on the thread that it serves, and a lock of the JDK's does for whoever waits for
   * it.
   */
  private static final double MOST_BYTES_PER_LAUNCH = 8;

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void launchingKernelsAllocatesNothing(PreemptionLevel level) throws InterruptedException {
    assertAllocatesNothing(level, () -> device.command("empty"));
  }

  /** Whether launching these commands does; also for those that only one platform has. */
  protected final void assertAllocatesNothing(
      PreemptionLevel level, Supplier<? extends Command> command) throws InterruptedException {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<? extends Command> commands = Stream.generate(command).limit(LAUNCHES).toList();
    try (HwQueue queue = openQueue(stream, level)) {
      queue.attach(new SilentListener());
      // What is interpreted allocates: on a busy machine the compiler comes when it can.
      long allocated = Long.MAX_VALUE;
      long begin = System.nanoTime();
      for (int round = 0;
          allocated >= LAUNCHES * MOST_BYTES_PER_LAUNCH && System.nanoTime() - begin < MOST_NANOS;
          round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        launch(queue, commands, (long) round * LAUNCHES);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        queue.synchronize();
      }

      assertThat((double) allocated / LAUNCHES).isLessThan(MOST_BYTES_PER_LAUNCH);
    }
  }

  private static void launch(HwQueue queue, List<? extends Command> commands, long launched) {
    for (int i = 0; i < commands.size(); i++) {
      queue.launch(commands.get(i));
      if (i % BATCH == BATCH - 1) {
        queue.marker(launched + i + 1);
      }
    }
  }
}
