package dev.overtake.driver.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A driver that refuses to place a marker behind a command that it has launched: the simulated one,
 * whose environment says so, in a process of its own. Markers are events at level 1.
 */
@Tag("simulated")
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
public abstract class MarkerRefusalContract {
  /** The device, which has a constructor without parameters. */
  protected abstract Class<? extends StreamDevice> device();

  /** What the driver calls its want of memory. */
  protected abstract String outOfMemory();

  /** The call that places the first marker at level 2, and that it fails for want of memory. */
  protected abstract String failureAtLevel2();

  private String run(Class<?> program, PreemptionLevel level, String failure) throws Exception {
    return OwnProcess.run(
        program, Map.of(), Map.of("SIMCUDA_FAIL", failure), device().getName(), level.name());
  }

  private static XQueue open(TestStream stream, PreemptionLevel level) {
    return XQueue.on(stream.openQueue(level))
        .level(level)
        .launchConfig(new LaunchConfig(4, 1))
        .open();
  }

  /** The first marker is refused, no other. */
  static final class Once {
    private Once() {}

    public static void main(String[] arguments) throws Exception {
      try (StreamDevice device = FaultContract.open(arguments[0]);
          TestStream stream = device.newStream();
          XQueue queue = open(stream, PreemptionLevel.valueOf(arguments[1]))) {
        HostWord count = device.word();
        queue.await(queue.submit(device.command("add_one", count)));
        for (int i = 1; i < 10; i++) {
          queue.submit(device.command("add_one", count));
        }
        queue.awaitAll();
        System.out.println(count.value() + " ran, " + queue.counts());
      }
    }
  }

  @Test
  void aMarkerIsPlacedWhenTheCaptureThatWasInItsWayHasEnded() throws Exception {
    assertRunsAll(PreemptionLevel.L1, "cuEventRecord:1:906");
  }

  @Test
  void aMarkerForWhichThereWasNoMemoryIsPlacedWhenThereIs() throws Exception {
    assertRunsAll(PreemptionLevel.L1, "cuEventRecord:1:2");
    assertRunsAll(PreemptionLevel.L2, failureAtLevel2());
  }

  private void assertRunsAll(PreemptionLevel level, String failure) throws Exception {
    assertThat(run(Once.class, level, failure)).startsWith("10 ran, ").contains("failed=0");
  }

  /** Every marker is refused. */
  static final class Always {
    private Always() {}

    public static void main(String[] arguments) throws Exception {
      Logger.getLogger("").setLevel(Level.OFF); // It warns where this takes long.
      try (StreamDevice device = FaultContract.open(arguments[0]);
          TestStream stream = device.newStream();
          XQueue queue = open(stream, PreemptionLevel.L1);
          TestStream besideStream = device.newStream();
          XQueue beside = open(besideStream, PreemptionLevel.L1)) {
        HostWord go = device.word();
        try {
          observe(device, queue, beside, go);
        } finally {
          go.set(1); // Or the kernel would keep the device from those who come later.
        }
      }
    }

    private static void observe(StreamDevice device, XQueue queue, XQueue beside, HostWord go)
        throws InterruptedException {
      HostWord count = device.word();
      Command running = queue.submit(device.command("await_word", go));
      Command next = queue.submit(device.command("add_one", count));
      go.awaitKernel();
      beside.submit(device.host(() -> {}));
      StreamDevice.await("told of what is done", () -> beside.state() == QueueState.LOST);
      System.out.println(queue.state() + ", " + running.state() + ", " + next.state());

      go.set(1);
      StreamDevice.await("lost", () -> queue.state() == QueueState.LOST);
      System.out.println("lost when " + count.value() + " had run");
      try {
        queue.await(running);
      } catch (CommandFailedException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  @Test
  void aQueueIsNotLostBeforeTheDeviceIsDoneWithWhatWasLaunched() throws Exception {
    assertThat(run(Always.class, PreemptionLevel.L1, "cuEventRecord:0:2").lines())
        .satisfiesExactly(
            before -> assertThat(before).isEqualTo("READY, IN_FLIGHT, IN_FLIGHT"),
            lost -> assertThat(lost).isEqualTo("lost when 1 had run"),
            failed -> assertThat(failed).startsWith("failed: ").contains(outOfMemory()));
  }
}
