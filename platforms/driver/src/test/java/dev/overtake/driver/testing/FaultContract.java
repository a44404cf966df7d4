package dev.overtake.driver.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.Command;
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
 * A kernel that faults, in a process of its own: NVIDIA wants one ended after that, and AMD's
 * runtime ends it itself, where the test is skipped. To what looks for faults (Compute Sanitizer)
 * it is an error like any other; the tag leaves it out there.
 */
@Tag("fault")
public abstract class FaultContract {
  private static final String NOT_REACHED = "the level is not reached";

  /** The device, which has a constructor without parameters. */
  protected abstract Class<? extends StreamDevice> device();

  /** What the driver calls it. */
  protected abstract String statusName();

  /** The program of that process. */
  static final class Faults {
    private Faults() {}

    public static void main(String[] arguments) throws Exception {
      PreemptionLevel level = PreemptionLevel.valueOf(arguments[1]);
      StreamDevice device = open(arguments[0]);
      if (device.maxLevel().compareTo(level) < 0) {
        System.out.println(NOT_REACHED);
        return;
      }
      try (device;
          TestStream stream = device.newStream();
          XQueue queue = XQueue.on(stream.openQueue(level)).open();
          TestStream besideStream = device.newStream();
          XQueue beside = XQueue.on(besideStream.openQueue(level)).open()) {
        beside.submit(device.command("empty"));
        beside.awaitAll();
        Command command = queue.submit(device.command("fault"));
        try {
          queue.await(command);
        } catch (CommandFailedException e) {
          System.out.println("failed: " + e.getMessage());
        }
        StreamDevice.await("lost", () -> queue.state() == QueueState.LOST);
        StreamDevice.await("lost too", () -> beside.state() == QueueState.LOST);
        try {
          queue.submit(device.command("empty"));
        } catch (DeviceLostException e) {
          System.out.println("lost: " + e.getMessage());
        }
      }
      System.out.println("closed");
    }
  }

  /** The device of this class, as a process of its own is told it. */
  static StreamDevice open(String device) throws ReflectiveOperationException {
    var constructor = Class.forName(device).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (StreamDevice) constructor.newInstance();
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void losesTheQueuesOfItsDeviceByTheDriversName(PreemptionLevel level) throws Exception {
    String said =
        OwnProcess.run(Faults.class, Map.of(), Map.of(), device().getName(), level.name());
    assumeThat(said).isNotEqualTo(NOT_REACHED);
    assumeThat(said).as("a driver that outlives faults").doesNotContain("Memory access fault");
    assertThat(said.lines())
        .satisfiesExactly(
            failed -> assertThat(failed).startsWith("failed: ").contains(statusName()),
            lost -> assertThat(lost).startsWith("lost: ").contains(statusName()),
            closed -> assertThat(closed).isEqualTo("closed"));
  }
}
