package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.XQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What commands do on the device, and what becomes of those that cannot run. */
class OpenClCommandTest {
  private final TestDevice device = new TestDevice();
  private final OpenClQueue queue = device.context.newQueue();
  private final XQueue xqueue = XQueue.on(queue.openQueue()).open();
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    xqueue.close();
    queue.close();
    device.close();
    arena.close();
  }

  @Test
  void bytesComeBackAsTheyWent() throws InterruptedException {
    MemorySegment there = arena.allocate(1_000_003);
    for (long i = 0; i < there.byteSize(); i++) {
      there.set(JAVA_BYTE, i, (byte) (i * 31));
    }
    MemorySegment back = arena.allocate(there.byteSize());
    try (OpenClBuffer first = device.context.allocate(there.byteSize());
        OpenClBuffer second = device.context.allocate(there.byteSize())) {
      xqueue.submit(OpenClCommand.copy(there, first));
      xqueue.submit(OpenClCommand.copy(first, second));
      xqueue.submit(OpenClCommand.copy(second, back));
      xqueue.awaitAll();
    }
    assertThat(back.mismatch(there)).isEqualTo(-1);
  }

  @Test
  void fillSetsEveryByte() throws InterruptedException {
    MemorySegment back = arena.allocate(1000);
    try (OpenClBuffer buffer = device.context.allocate(1000)) {
      xqueue.submit(OpenClCommand.fill(buffer, (byte) 0x5A));
      xqueue.submit(OpenClCommand.copy(buffer, back));
      xqueue.awaitAll();
    }
    assertThat(back.toArray(JAVA_BYTE)).containsOnly(0x5A);
  }

  @Test
  void kernelSeesItsArgumentsAndRange() throws InterruptedException {
    String source =
        """
        kernel void scale(global float *x, float a, long offset, int add) {
          int i = get_global_id(1) * get_global_size(0) + get_global_id(0);
          x[i] = a * (i + offset) + add + get_local_size(0);
        }
        """;
    MemorySegment back = arena.allocate(JAVA_FLOAT, 8);
    try (OpenClProgram program = device.context.compile(source);
        OpenClBuffer x = device.context.allocate(back.byteSize());
        OpenClKernel scale = program.kernel("scale", x, 0.5f, 100L, 7)) {
      xqueue.submit(scale.launch(NdRange.of(4, 2).inGroupsOf(2, 1)));
      xqueue.submit(OpenClCommand.copy(x, back));
      xqueue.awaitAll();
    }
    for (int i = 0; i < 8; i++) {
      assertThat(back.getAtIndex(JAVA_FLOAT, i)).isEqualTo(0.5f * (i + 100) + 7 + 2);
    }
  }

  @Test
  void whatIsClosedLivesUntilItsCommandsHaveRun() throws InterruptedException {
    OpenClBuffer number = device.number();
    MemorySegment back = arena.allocate(Integer.BYTES);
    xqueue.suspend();
    xqueue.submit(device.append(number, 42));
    xqueue.submit(OpenClCommand.copy(number, back));
    number.close();
    assertThatThrownBy(() -> xqueue.submit(OpenClCommand.fill(number, (byte) 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    xqueue.resume();
    xqueue.awaitAll();
    assertThat(back.get(java.lang.foreign.ValueLayout.JAVA_INT, 0)).isEqualTo(42);
  }

  @Test
  void refusedCommandFailsByTheStandardsNameAndTheNextRuns() throws InterruptedException {
    try (OpenClBuffer number = device.number();
        OpenClKernel append = device.program.kernel("append", number, 1)) {
      OpenClCommand refused = xqueue.submit(append.launch(NdRange.of(3).inGroupsOf(2)));
      OpenClCommand next = xqueue.submit(append.launch(TestDevice.ONE));
      xqueue.await(next);
      assertThatThrownBy(() -> xqueue.await(refused))
          .isInstanceOf(CommandFailedException.class)
          .hasStackTraceContaining("clEnqueueNDRangeKernel: CL_INVALID_WORK_GROUP_SIZE");
      assertThat(device.read(number)).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAtOnce() {
    try (OpenClBuffer small = device.context.allocate(4)) {
      MemorySegment large = arena.allocate(5);
      assertThatThrownBy(() -> OpenClCommand.copy(large, small))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("5 bytes are to be copied from or to a buffer of 4");
      assertThatThrownBy(() -> OpenClCommand.copy(MemorySegment.ofArray(new byte[4]), small))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("native memory");
    }
  }
}
