package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * What a program has of the simulated driver, by way of the bridge, and has not given back. A real
 * one does not tell.
 *
 * @param hostBytes memory of the host that devices are shown
 */
record LiveObjects(long streams, long events, long hostBytes) {
  private static final NativeLibrary DRIVER =
      new NativeLibrary(
          "the simulated driver",
          "overtake.cuda.driver",
          List.of("libcuda.so.1"),
          List.of(),
          IllegalStateException::new);
  private static final MethodHandle CONTEXT =
      DRIVER.bind("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
  private static final MethodHandle STREAMS =
      DRIVER.bind("simcuda_live_streams", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle EVENTS =
      DRIVER.bind("simcuda_live_events", FunctionDescriptor.of(JAVA_LONG));
  private static final MethodHandle HOST_BYTES =
      DRIVER.bind("simcuda_host_bytes", FunctionDescriptor.of(JAVA_LONG));

  /** Empty on a real driver. */
  static Optional<LiveObjects> of(HipDevice device) {
    if (!TestGpu.isSimulated()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment context = arena.allocate(JAVA_LONG);
      int _ = (int) CONTEXT.invokeExact(context, device.ordinal());
      return Optional.of(
          new LiveObjects(
              (long) STREAMS.invokeExact(context.get(JAVA_LONG, 0)),
              (long) EVENTS.invokeExact(),
              (long) HOST_BYTES.invokeExact()));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
