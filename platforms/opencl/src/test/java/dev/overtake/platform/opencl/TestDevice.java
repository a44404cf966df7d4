package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.overtake.core.xqueue.XQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A context on the first OpenCL device, with the test kernels. Where there is no such device the
 * tests are skipped.
 */
final class TestDevice implements AutoCloseable {
  static final NdRange ONE = NdRange.of(1);

  /** What the order of commands can be told by: {@code x = 3 * x + n}; and work for a while. */
  static final String SOURCE =
      """
      kernel void append(global int *x, int n) { *x = 3 * *x + n; }
      kernel void work(global int *x, int n) {
        int y = *x;
        for (int i = 0; i < n; i++) y = y * 1103515245 + 12345;
        *x = y;
      }
      """;

  final OpenClContext context = device().openContext();
  final OpenClProgram program = context.compile(SOURCE);
  private final Arena arena = Arena.ofShared();

  static OpenClDevice device() {
    try {
      return OpenClDevice.named("opencl:0");
    } catch (OpenClUnavailableException e) {
      return abort("skipped: " + e.getMessage());
    }
  }

  /** A number on the device, 0 at first. */
  OpenClBuffer number() throws InterruptedException {
    OpenClBuffer number = context.allocate(Integer.BYTES);
    run(OpenClCommand.fill(number, (byte) 0));
    return number;
  }

  OpenClCommand append(OpenClBuffer number, int n) {
    return program.kernel("append", number, n).launch(ONE);
  }

  int read(OpenClBuffer number) throws InterruptedException {
    MemorySegment value = arena.allocate(JAVA_INT);
    run(OpenClCommand.copy(number, value));
    return value.get(JAVA_INT, 0);
  }

  /** In a queue of its own. */
  private void run(OpenClCommand command) throws InterruptedException {
    try (OpenClQueue queue = context.newQueue();
        XQueue xqueue = XQueue.on(queue.openQueue()).open()) {
      xqueue.await(xqueue.submit(command));
    }
  }

  /** What {@link #append} makes of 0 with 0, 1 and so on. */
  static int appended(int count) {
    int x = 0;
    for (int n = 0; n < count; n++) {
      x = 3 * x + n;
    }
    return x;
  }

  @Override
  public void close() {
    program.close();
    context.close();
    arena.close();
  }
}
