package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A kernel that faults, in a process of its own: AMD's runtime ends that, and the test is skipped.
 * To what looks for faults (Compute Sanitizer) it is an error like any other; the tag leaves it out
 * there.
 */
@Tag("fault")
class FaultTest {
  static final class Faults {
    public static void main(String[] arguments) throws InterruptedException {
      PreemptionLevel level = PreemptionLevel.valueOf(arguments[0]);
      try (var gpu = new TestGpu();
          HipStream stream = gpu.device.newStream();
          XQueue queue = XQueue.on(stream.openQueue(level)).open();
          HipStream besideStream = gpu.device.newStream();
          XQueue beside = XQueue.on(besideStream.openQueue(level)).open()) {
        beside.submit(gpu.launch("empty"));
        beside.awaitAll();
        HipCommand command = queue.submit(gpu.launch("fault"));
        try {
          queue.await(command);
        } catch (CommandFailedException e) {
          System.out.println("failed: " + e.getMessage());
        }
        TestGpu.await("lost", () -> queue.state() == QueueState.LOST);
        TestGpu.await("lost too", () -> beside.state() == QueueState.LOST);
        try {
          queue.submit(gpu.launch("empty"));
        } catch (DeviceLostException e) {
          System.out.println("lost: " + e.getMessage());
        }
      }
      System.out.println("closed");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void losesTheQueuesOfItsDeviceByTheRuntimesName(PreemptionLevel level) throws Exception {
    String said = OwnProcess.run(Faults.class, Map.of(), Map.of(), level.name());
    assumeThat(said).as("a runtime that outlives faults").doesNotContain("Memory access fault");
    assertThat(said.lines())
        .satisfiesExactly(
            failed -> assertThat(failed).startsWith("failed: ").contains("hipErrorIllegalAddress"),
            lost -> assertThat(lost).startsWith("lost: ").contains("hipErrorIllegalAddress"),
            closed -> assertThat(closed).isEqualTo("closed"));
  }
}
