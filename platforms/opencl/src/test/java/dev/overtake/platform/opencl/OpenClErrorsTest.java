package dev.overtake.platform.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One exception each for what may be missing or break. */
@Timeout(60)
class OpenClErrorsTest {
  /** Prints the device, or what is said of it. */
  static final class Look {
    public static void main(String[] args) {
      try {
        System.out.println(OpenClDevice.named("opencl:0"));
      } catch (OpenClUnavailableException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void noLoader() throws Exception {
    assertThat(
            OwnProcess.run(Look.class, Map.of("overtake.opencl", "/none/libOpenCL.so"), Map.of()))
        .contains("the OpenCL ICD loader", "was not found; looked for /none/libOpenCL.so");
  }

  @Test
  void noDriver(@TempDir Path empty) throws Exception {
    TestDevice.device();
    assertThat(
            OwnProcess.run(Look.class, Map.of(), Map.of("OCL_ICD_VENDORS", empty.toString() + "/")))
        .contains("the OpenCL ICD loader finds no driver");
  }

  @Test
  void noSuchDevice() {
    TestDevice.device();
    assertThatThrownBy(() -> OpenClDevice.named("opencl:999"))
        .isInstanceOf(OpenClUnavailableException.class)
        .hasMessageContaining("there is no device opencl:999");
    assertThatThrownBy(() -> OpenClDevice.named("cuda:0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'cuda:0' is no OpenCL device");
  }

  @Test
  void aSourceThatDoesNotCompileIsShownWithTheCompilersWords() {
    try (var device = new TestDevice()) {
      assertThatThrownBy(() -> device.context.compile("kernel void f() { undeclared = 1; }"))
          .isInstanceOf(ProgramBuildException.class)
          .hasMessageContaining("does not compile for opencl:0")
          .hasMessageContaining("undeclared");
    }
  }

  @Test
  void noSuchKernel() {
    try (var device = new TestDevice()) {
      assertThatThrownBy(() -> device.program.kernel("missing"))
          .isInstanceOfSatisfying(
              OpenClStatusException.class,
              e -> assertThat(e.statusName()).isEqualTo("CL_INVALID_KERNEL_NAME"));
    }
  }

  @Test
  void statusesHaveTheStandardsNames() {
    assertThat(new OpenClStatusException("f", -5)).hasMessage("f: CL_OUT_OF_RESOURCES");
    assertThat(new OpenClStatusException("f", -19)).hasMessageContaining("KERNEL_ARG_INFO_NOT_AVA");
    assertThat(new OpenClStatusException("f", -30)).hasMessage("f: CL_INVALID_VALUE");
    assertThat(new OpenClStatusException("f", -72))
        .hasMessage("f: CL_MAX_SIZE_RESTRICTION_EXCEEDED");
    assertThat(new OpenClStatusException("f", -1001)).hasMessage("f: status -1001");
  }

  /**
   * Runs on a driver that loses its device with a kernel of no work items, while others run or, at
   * level 2, stand at their gates.
   */
  static final class Lose {
    public static void main(String[] args) throws Exception {
      try (var device = new TestDevice();
          OpenClQueue queue = device.context.newQueue();
          OpenClBuffer number = device.number();
          XQueue xqueue = open(queue, PreemptionLevel.valueOf(args[0]))) {
        OpenClKernel append = device.program.kernel("append", number, 1);
        xqueue.await(xqueue.submit(append.launch(TestDevice.ONE)));
        OpenClKernel work = device.program.kernel("work", number, 1_000_000);
        for (int i = 0; i < 4; i++) {
          xqueue.submit(work.launch(TestDevice.ONE));
        }
        OpenClCommand losing = xqueue.submit(append.launch(NdRange.of(0)));
        while (xqueue.state() != QueueState.LOST || !losing.state().isFinished()) {
          Thread.sleep(1); // The watch may launch it, and may be the one to tell of the loss.
        }
        System.out.println(xqueue.state() + " " + losing.state());
        try {
          xqueue.submit(append.launch(TestDevice.ONE));
        } catch (DeviceLostException e) {
          System.out.println(e.getMessage());
        }
      }
    }

    private static XQueue open(OpenClQueue queue, PreemptionLevel level) {
      return XQueue.on(queue.openQueue(level)).level(level).name("serve").open();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void aLostDeviceIsSaidToBe(PreemptionLevel level, @TempDir Path folder) throws Exception {
    TestDevice.device();
    String library = failingLibrary(folder).toString();
    // The watch says it, or before it the thread that launched, in words of its own.
    assertThat(
            OwnProcess.run(Lose.class, Map.of("overtake.opencl", library), Map.of(), level.name())
                .lines())
        .satisfiesExactly(
            states -> assertThat(states).isEqualTo("LOST FAILED"),
            reason ->
                assertThat(reason)
                    .startsWith("queue serve takes no more commands, since its device is gone: ")
                    .endsWith("clEnqueueNDRangeKernel: CL_INVALID_COMMAND_QUEUE"));
  }

  /** Compiled here and not by the build, since it needs the real library. */
  private static Path failingLibrary(Path folder) throws Exception {
    Path library = folder.resolve("libfailing.so");
    Process compiler =
        new ProcessBuilder(
                "gcc",
                "-shared",
                "-fPIC",
                "-D_GNU_SOURCE",
                "-o",
                library.toString(),
                "src/test/c/failing.c",
                "-Wl,--no-as-needed",
                "-l:libOpenCL.so.1")
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    return library;
  }
}
