package dev.overtake.control.page;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** That Java's clock is the page's: times on it are compared with those that C wrote. */
class ClockTest {
  private static final int CLOCK_MONOTONIC = 1;

  @Test
  void nanoTimeIsTheMonotonicClockOfTheKernel() throws Throwable {
    long before = System.nanoTime();
    long kernel = kernelNanos();
    assertThat(kernel).isBetween(before, System.nanoTime());
  }

  @SuppressWarnings("restricted") // clock_gettime as the C library declares it
  private static long kernelNanos() throws Throwable {
    Linker linker = Linker.nativeLinker();
    var clockGettime =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("clock_gettime"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      assertThat((int) clockGettime.invokeExact(CLOCK_MONOTONIC, time)).isZero();
      return time.getAtIndex(JAVA_LONG, 0) * 1_000_000_000 + time.getAtIndex(JAVA_LONG, 1);
    }
  }
}
