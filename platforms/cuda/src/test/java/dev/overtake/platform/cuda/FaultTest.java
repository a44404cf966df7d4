package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.testing.FaultContract;
import dev.overtake.driver.testing.StreamDevice;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultTest extends FaultContract {
  @Override
  protected Class<? extends StreamDevice> device() {
    return TestGpu.class;
  }

  @Override
  protected String statusName() {
    return "CUDA_ERROR_ILLEGAL_ADDRESS";
  }

  /** Whose idle queue nobody tells of the fault. */
  static final class FaultsElsewhere {
    private FaultsElsewhere() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          CudaStream stream = gpu.context.newStream();
          XQueue queue = XQueue.on(stream.openQueue()).open();
          CudaStream elsewhere = gpu.context.newStream()) {
        queue.await(queue.submit(gpu.launch("empty")));
        try (BareStream bare = BareStream.enter(elsewhere)) {
          bare.launch(gpu.launch("fault"));
          bare.synchronize();
        } catch (CudaStatusException e) {
          System.out.println(e.statusName());
        }
      }
      System.out.println("closed");
    }
  }

  @Test
  void anIdleQueueIsClosedWhereSomethingElseHasFailed() throws Exception {
    assertThat(OwnProcess.run(FaultsElsewhere.class, Map.of(), Map.of()).lines())
        .containsExactly(statusName(), "closed");
  }
}
