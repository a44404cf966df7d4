package dev.overtake.platform.opencl;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.overtake.core.testing.SilentListener;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a launch costs the garbage collector. */
@Timeout(120)
class AllocationTest {
  private static final int LAUNCHES = 2_000;
  private static final int BATCH = 1;

  /** Until all of it is compiled, which takes as long as the machine is busy, and has grown. */
  private static final long MOST_NANOS = SECONDS.toNanos(60);

  /** The JVM itself allocates now and then on the thread that it serves. */
  private static final double MOST_BYTES_PER_LAUNCH = 1;

  private final TestDevice device = new TestDevice();
  private final OpenClQueue commandQueue = device.context.newQueue();

  @AfterEach
  void close() {
    commandQueue.close();
    device.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void launchingKernelsAllocatesNothing(PreemptionLevel level) throws InterruptedException {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OpenClCommand append = device.append(device.number(), 1);
    List<OpenClCommand> commands = Collections.nCopies(LAUNCHES, append);
    try (OpenClHwQueue queue = commandQueue.openQueue(level)) {
      queue.attach(new SilentListener());
      // What is interpreted allocates: on a busy machine the compiler comes when it can.
      long allocated = Long.MAX_VALUE;
      long begin = System.nanoTime();
      for (int round = 0;
          allocated >= LAUNCHES && System.nanoTime() - begin < MOST_NANOS;
          round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        launch(queue, commands, (long) round * LAUNCHES);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        queue.synchronize();
      }

      assertThat((double) allocated / LAUNCHES).isLessThan(MOST_BYTES_PER_LAUNCH);
    }
  }

  private static void launch(OpenClHwQueue queue, List<OpenClCommand> commands, long launched) {
    for (int i = 0; i < commands.size(); i++) {
      queue.launch(commands.get(i));
      if (i % BATCH == BATCH - 1) {
        queue.marker(launched + i + 1);
      }
    }
  }
}
