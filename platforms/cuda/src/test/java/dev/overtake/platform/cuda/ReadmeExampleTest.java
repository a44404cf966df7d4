package dev.overtake.platform.cuda;

import static dev.overtake.core.xqueue.PreemptionLevel.L2;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import org.junit.jupiter.api.Test;

/** The example of the README on a GPU. */
class ReadmeExampleTest {
  private static final String SOURCE =
      "extern \"C\" __global__ void add_one(unsigned *x) { ++*x; }";

  private boolean answered;

  @Test
  void bothSidesRun() throws InterruptedException {
    try (var gpu = TestGpu.device().openPrimaryContext();
        var module = gpu.compile("add_one.cu", SOURCE);
        var x = gpu.allocate(4);
        var serveStream = gpu.newStream();
        var batchStream = gpu.newStream();
        var scheduler = new LocalScheduler(new HighestPriorityFirst());
        var serve =
            XQueue.on(serveStream.openQueue())
                .scheduler(scheduler)
                .hints(Hints.priority(10))
                .open();
        var batch = XQueue.on(batchStream.openQueue(L2)).scheduler(scheduler).level(L2).open();
        var seen = gpu.allocateHost(x.bytes())) {
      batch.submit(CudaCommand.fill(x, 3));
      BoundKernel addOne = module.kernel("add_one").bind(x);
      batch.submit(addOne.launch(LaunchShape.of(1, 1)));
      serve.await(serve.submit(CudaCommand.host(this::answer)));
      batch.submit(CudaCommand.copy(x, seen));
      batch.awaitAll();

      assertThat(answered).isTrue();
      assertThat(seen.segment().get(JAVA_INT, 0)).isEqualTo(4);
    }
  }

  private void answer() {
    answered = true;
  }
}
