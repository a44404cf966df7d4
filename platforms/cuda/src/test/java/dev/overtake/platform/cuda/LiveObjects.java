package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * What a program has of the simulated driver and has not given back. A real one does not tell.
 *
 * @param hostBytes memory of the host that devices are shown
 */
record LiveObjects(long streams, long events, long hostBytes) {
  private static final NativeLibrary DRIVER =
      new NativeLibrary(
          "the simulated driver",
          "overtake.cuda.driver",
          List.of(),
          List.of(),
          CudaUnavailableException::new);
  private static final MethodHandle STREAMS =
      DRIVER.bind("simcuda_live_streams", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle EVENTS =
      DRIVER.bind("simcuda_live_events", FunctionDescriptor.of(JAVA_LONG));
  private static final MethodHandle HOST_BYTES =
      DRIVER.bind("simcuda_host_bytes", FunctionDescriptor.of(JAVA_LONG));

  /** Empty on a real driver. */
  static Optional<LiveObjects> of(CudaContext context) {
    if (!TestGpu.isSimulated()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LiveObjects(
              (long) STREAMS.invokeExact(context.handle()),
              (long) EVENTS.invokeExact(),
              (long) HOST_BYTES.invokeExact()));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
