package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines with another runtime, or none. A process sees one only, so each has its own. */
@Tag("simulated")
class OtherMachinesTest {
  private static final String LIBRARY = "overtake.hip.library";

  @TempDir Path folder;

  private String run(Class<?> program, String library, Map<String, String> environment)
      throws IOException, InterruptedException {
    return OwnProcess.run(program, Map.of(LIBRARY, library), environment);
  }

  private String open(String library, Map<String, String> environment) throws Exception {
    return run(OpenDevice.class, library, environment);
  }

  private static String simulated() {
    return System.getProperty(LIBRARY);
  }

  static final class OpenDevice {
    public static void main(String[] arguments) {
      try {
        System.out.println(HipDevice.named("hip:0").name());
      } catch (HipException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void oneWithADeviceOpensIt() throws Exception {
    assertThat(open(simulated(), Map.of())).isEqualTo("Simulated GPU");
  }

  @Test
  void oneWithoutARuntime() throws Exception {
    Path missing = folder.resolve("libamdhip64.so.6");
    assertThat(open(missing.toString(), Map.of()))
        .startsWith(
            "HipUnavailableException: the HIP runtime was not found; looked for " + missing);
  }

  @Test
  void oneWithoutADevice() throws Exception {
    assertThat(open(simulated(), Map.of("SIMCUDA_DEVICES", "0")))
        .startsWith("HipUnavailableException: the HIP runtime finds no device")
        .contains("rocminfo", "HIP_VISIBLE_DEVICES");
  }

  @Test
  void oneWithAnOldRuntime() throws Exception {
    assertThat(open(simulated(), Map.of("HIPBRIDGE_VERSION", "40321453")))
        .isEqualTo(
            "HipUnavailableException: the HIP runtime is too old: it is HIP 4.3, and ROCm 5.2 or"
                + " later is needed");
  }

  /** The distribution's, on a machine without an AMD GPU: it loads, and says what is missing. */
  @Test
  void oneWithADebiansRuntimeAndNoDevice() throws Exception {
    Path debians = Path.of("/usr/lib/x86_64-linux-gnu/libamdhip64.so.5");
    assumeThat(debians).as("apt-get install libamdhip64-5").exists();
    assumeThat(Files.exists(Path.of("/dev/kfd"))).as("an AMD GPU").isFalse();
    assertThat(open(debians.toString(), Map.of()))
        .contains("HipUnavailableException: the HIP runtime finds no device");
  }

  @Test
  void oneWhoseDriverDoesNotStart() throws Exception {
    assertThat(open(simulated(), Map.of("SIMCUDA_FAIL", "cuInit:0:999")))
        .startsWith("HipUnavailableException: HIP cannot be used: hip")
        .contains("hipErrorUnknown");
  }

  static final class WithoutMemoryOperations {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          HipStream stream = gpu.device.newStream()) {
        try {
          var _ = stream.openQueue(PreemptionLevel.L2);
        } catch (UnsupportedOperationException e) {
          System.out.println(e.getMessage());
        }
        var count = gpu.word();
        HipHwQueue hwQueue = stream.openQueue();
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
            hip:0 cannot wait for a word of host memory: ask for L1
            L1, 100 commands ran\
            """);
  }

  @Test
  void oneThatSaysItsDeviceCanWaitAndItCannot() throws Exception {
    for (String refusal : List.of("cuStreamWaitValue32:0:801", "cuStreamWriteValue32:0:801")) {
      assertThat(run(WithoutMemoryOperations.class, simulated(), Map.of("SIMCUDA_FAIL", refusal)))
          .isEqualTo(
              """
              hip:0 cannot wait for a word of host memory: ask for L1
              L1, 100 commands ran\
              """);
    }
  }

  static final class Level2 {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          HipStream stream = gpu.device.newStream();
          XQueue queue =
              XQueue.on(stream.openQueue(PreemptionLevel.L2)).level(PreemptionLevel.L2).open()) {
        var count = gpu.word();
        for (int i = 0; i < 100; i++) {
          queue.submit(gpu.launch("add_one", count.buffer()));
          queue.suspend();
          queue.resume();
        }
        queue.awaitAll();
        System.out.println(count.value() + " commands ran");
      }
    }
  }

  @Test
  void oneWhoseRuntimeWaitsForSignalsOnlyAsRocm5() throws Exception {
    assertThat(run(Level2.class, simulated(), Map.of("HIPBRIDGE_SIGNALS_ONLY", "1")))
        .isEqualTo("100 commands ran");
  }

  static final class ManyQueuesByEvents {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          HipStream stream = gpu.device.newStream()) {
        cycle(gpu, stream); // What the device has for all of them.
        LiveObjects before = LiveObjects.of(gpu.device).orElseThrow();
        for (int i = 0; i < 1000; i++) {
          cycle(gpu, stream);
        }
        LiveObjects after = LiveObjects.of(gpu.device).orElseThrow();
        System.out.println(after.equals(before) ? "nothing" : before + ", then " + after);
      }
    }

    private static void cycle(TestGpu gpu, HipStream stream) throws InterruptedException {
      try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
        queue.await(queue.submit(gpu.launch("empty")));
      }
    }
  }

  @Test
  void queuesWhoseMarkersAreEventsLeaveNothingBehind() throws Exception {
    assertThat(run(ManyQueuesByEvents.class, simulated(), Map.of())).isEqualTo("nothing");
  }

  static final class ManyQueuesOfLevel2 {
    public static void main(String[] arguments) {
      HipDevice device = HipDevice.named("hip:0");
      var queues = new ArrayList<HipHwQueue>();
      do {
        queues.add(device.newStream().openQueue(PreemptionLevel.L2));
      } while (queues.getLast().maxLevel() == PreemptionLevel.L2);
      System.out.println(queues.size() - 1 + " reach level 2");
      queues.forEach(HipHwQueue::close);
      System.out.println(device.newStream().openQueue(PreemptionLevel.L2).maxLevel());
    }
  }

  @Test
  void asManyQueuesReachLevel2AsThereAreHardwareQueuesButTwo() throws Exception {
    assertThat(run(ManyQueuesOfLevel2.class, simulated(), Map.of()))
        .isEqualTo("30 reach level 2\nL2");
    assertThat(run(ManyQueuesOfLevel2.class, simulated(), Map.of("GPU_MAX_HW_QUEUES", "4")))
        .isEqualTo("2 reach level 2\nL2");
  }

  static final class LosesTheDevice {
    public static void main(String[] arguments) throws InterruptedException {
      try (var gpu = new TestGpu();
          HipStream stream = gpu.device.newStream();
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
        .contains("hipErrorLaunchFailure");
  }
}
