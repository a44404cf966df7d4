package dev.overtake.bench.cuda;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.driver.LaunchShape;
import dev.overtake.platform.cuda.BareStream;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaDevice;
import dev.overtake.platform.cuda.CudaException;
import dev.overtake.platform.cuda.CudaStream;
import java.util.Arrays;

/**
 * What calls of the driver cost this JVM: the counterpart of {@code shim/bench/calls.c}, which
 * makes the same calls in the same bursts. A burst is synchronized before the next, so that the
 * driver's queue never fills: what is measured is the launching thread's time.
 *
 * <p>Confined to the thread that opened it.
 */
public final class DriverCalls implements AutoCloseable {
  /** The image of calls.c. */
  private static final String PTX =
      ".version 6.4\n.target sm_50\n.address_size 64\n.visible .entry empty() { ret; }\n";

  /** What stands behind each launch. */
  public enum Marker {
    /** Nothing: cuLaunchKernel alone. */
    LAUNCH,
    /** Most of what a marker of level 1 is: cuEventRecord. */
    EVENT,
    /**
     * An open gate of level 2: cuCtxGetCurrent, cuStreamIsCapturing and cuStreamBatchMemOp of a
     * write, a wait and a write.
     */
    GATE
  }

  private final CudaContext context;
  private final CudaStream stream;
  private final CudaCommand kernel;
  private final CudaCommand event;
  private final BareStream bare;

  private DriverCalls(CudaContext context) {
    this.context = context;
    stream = context.newStream();
    kernel =
        context
            .loadModule(PTX.getBytes(US_ASCII))
            .kernel("empty")
            .bind()
            .launch(LaunchShape.of(1, 1));
    event = CudaCommand.record(context.newEvent());
    bare = BareStream.enter(stream);
  }

  /**
   * Opens a device, in the thread that will make the calls.
   *
   * @param device such as {@code cuda:0}
   * @throws LoadException if there is no such device
   */
  public static DriverCalls open(String device) {
    try {
      return new DriverCalls(CudaDevice.named(device).openPrimaryContext());
    } catch (CudaException e) {
      throw LoadException.because("calls cannot be measured on " + device, e);
    }
  }

  /** The product's name. */
  public String deviceName() {
    return context.device().name();
  }

  /** Nanoseconds of a launch and its marker: the median over bursts of so many launches. */
  public double medianNanos(Marker marker, int bursts, int launches) {
    var nanos = new double[bursts];
    for (int i = 0; i < bursts; i++) {
      nanos[i] = burst(marker, launches);
    }
    Arrays.sort(nanos);
    return nanos[bursts / 2];
  }

  private double burst(Marker marker, int launches) {
    long start = System.nanoTime();
    switch (marker) {
      case LAUNCH -> {
        for (int i = 0; i < launches; i++) {
          bare.launch(kernel);
        }
      }
      case EVENT -> {
        for (int i = 0; i < launches; i++) {
          bare.launch(kernel);
          bare.launch(event);
        }
      }
      case GATE -> {
        for (int i = 0; i < launches; i++) {
          bare.launch(kernel);
          bare.gate();
        }
      }
    }
    long end = System.nanoTime();
    bare.synchronize();
    return (double) (end - start) / launches;
  }

  @Override
  public void close() {
    bare.close();
    stream.close();
    context.close();
  }
}
