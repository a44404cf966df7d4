package dev.overtake.driver.testing;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * A word of the host's that kernels see, 0 at first; behind it is another, by which a kernel says
 * that it runs.
 */
public interface HostWord extends AutoCloseable {
  long BYTES = 2 * Integer.BYTES;

  /** Both words. */
  MemorySegment segment();

  default int value() {
    return (int) JAVA_INT.varHandle().getVolatile(segment(), 0L);
  }

  default void set(int value) {
    JAVA_INT.varHandle().setVolatile(segment(), 0L, value);
  }

  /** Waits until a kernel runs that awaits this word. */
  default void awaitKernel() {
    StreamDevice.await(
        "the kernel runs",
        () -> (int) JAVA_INT.varHandle().getVolatile(segment(), (long) Integer.BYTES) != 0);
  }

  /** Gives the memory back. */
  @Override
  void close();
}
