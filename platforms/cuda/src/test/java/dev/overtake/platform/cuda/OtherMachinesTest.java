package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines with another driver, or none. A process sees one driver only, so each has its own. */
@Tag("simulated")
class OtherMachinesTest {
  private static final String DRIVER = "overtake.cuda.driver";

  @TempDir Path folder;

  private String run(Class<?> program, String driver, Map<String, String> environment)
      throws IOException, InterruptedException {
    return OwnProcess.run(program, Map.of(DRIVER, driver), environment);
  }

  private String open(String driver, Map<String, String> environment) throws Exception {
    return run(OpenDevice.class, driver, environment);
  }

  private static String simulated() {
    return System.getProperty(DRIVER);
  }

  static final class OpenDevice {
    public static void main(String[] arguments) {
      try (CudaContext context = CudaDevice.named("cuda:0").openPrimaryContext()) {
        System.out.println(context.device().name());
      } catch (CudaException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void oneWithADeviceOpensIt() throws Exception {
    assertThat(open(simulated(), Map.of())).isEqualTo("Simulated GPU");
  }

  @Test
  void oneWithoutADriver() throws Exception {
    Path missing = folder.resolve("libcuda.so.1");
    assertThat(open(missing.toString(), Map.of()))
        .startsWith(
            "CudaUnavailableException: the CUDA driver was not found; looked for " + missing);
  }

  @Test
  void oneWithoutADevice() throws Exception {
    assertThat(open(simulated(), Map.of("SIMCUDA_DEVICES", "0")))
        .startsWith("CudaUnavailableException: the CUDA driver finds no device")
        .contains("nvidia-smi", "CUDA_VISIBLE_DEVICES");
  }

  @Test
  void oneWithAnOldDriver() throws Exception {
    assertThat(open(simulated(), Map.of("SIMCUDA_VERSION", "11040")))
        .isEqualTo(
            "CudaUnavailableException: the CUDA driver is too old: it supports CUDA 11.4, and 11.8"
                + " is needed");
  }

  @Test
  void oneWhoseDriverDoesNotStart() throws Exception {
    assertThat(open(simulated(), Map.of("SIMCUDA_FAIL", "cuInit:0:802")))
        .startsWith("CudaUnavailableException: CUDA cannot be used: cuInit:")
        .contains("CUDA_ERROR_SYSTEM_NOT_READY");
  }

  static final class WithoutMemoryOperations {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          CudaStream stream = gpu.context.newStream()) {
        try {
          var _ = stream.openQueue(PreemptionLevel.L2);
        } catch (UnsupportedOperationException e) {
          System.out.println(e.getMessage());
        }
        var count = gpu.word();
        CudaHwQueue hwQueue = stream.openQueue();
        try (XQueue queue = XQueue.on(hwQueue).launchConfig(new LaunchConfig(4, 2)).open()) {
          for (int i = 0; i < 100; i++) {
            queue.submit(gpu.launch("add_one", count.buffer()));
          }
          queue.awaitAll();
          System.out.println(hwQueue.maxLevel() + ", " + count.value() + " commands ran");
        }
      }
    }
  }

  @Test
  void oneWhoseDeviceCannotWriteWordsOfTheHosts() throws Exception {
    assertThat(run(WithoutMemoryOperations.class, simulated(), Map.of("SIMCUDA_NO_MEMOPS", "1")))
        .isEqualTo(
            """
            cuda:0 cannot wait for a word of host memory: ask for L1
            L1, 100 commands ran\
            """);
  }

  @Test
  void oneWhoseDriverShowsTheDeviceNoMemoryOfTheHosts() throws Exception {
    for (String refusal : List.of("cuMemHostRegister:0:801", "cuMemHostGetDevicePointer:0:801")) {
      assertThat(run(WithoutMemoryOperations.class, simulated(), Map.of("SIMCUDA_FAIL", refusal)))
          .isEqualTo(
              """
              cuda:0 cannot wait for a word of host memory: ask for L1
              L1, 100 commands ran\
              """);
    }
  }

  static final class ManyQueuesOfLevel2 {
    public static void main(String[] arguments) {
      try (CudaContext context = CudaDevice.named("cuda:0").createContext()) {
        var queues = new ArrayList<CudaHwQueue>();
        do {
          queues.add(context.newStream().openQueue(PreemptionLevel.L2));
        } while (queues.getLast().maxLevel() == PreemptionLevel.L2);
        System.out.println(queues.size() - 1 + " reach level 2");
        queues.forEach(CudaHwQueue::close);
        System.out.println(context.newStream().openQueue(PreemptionLevel.L2).maxLevel());
      }
    }
  }

  @Test
  void asManyQueuesReachLevel2AsTheDriverHasConnectionsButTwo() throws Exception {
    assertThat(run(ManyQueuesOfLevel2.class, simulated(), Map.of()))
        .isEqualTo("30 reach level 2\nL2");
    assertThat(
            run(ManyQueuesOfLevel2.class, simulated(), Map.of("CUDA_DEVICE_MAX_CONNECTIONS", "4")))
        .isEqualTo("2 reach level 2\nL2");
  }

  static final class LosesTheDevice {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          CudaStream stream = gpu.context.newStream();
          XQueue queue = XQueue.on(stream.openQueue()).open()) {
        try {
          for (int i = 0; i < 100; i++) {
            queue.submit(gpu.launch("empty"));
          }
          queue.awaitAll();
        } catch (CommandFailedException e) { // What was in flight is told first.
          queue.awaitAll();
        }
      } catch (RuntimeException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void oneThatLosesItsDevice() throws Exception {
    assertThat(run(LosesTheDevice.class, simulated(), Map.of("SIMCUDA_LOST_AFTER", "10")))
        .startsWith("DeviceLostException: ")
        .contains("CUDA_ERROR_DEVICE_UNAVAILABLE");
  }
}
