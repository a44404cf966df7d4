package dev.overtake.bench.preemption;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.LaunchShape;
import dev.overtake.platform.cuda.BareStream;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaDevice;
import dev.overtake.platform.cuda.CudaHwQueue;
import dev.overtake.platform.cuda.CudaKernel;
import dev.overtake.platform.cuda.CudaModule;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.HostBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Supplier;

/** A GPU. Its commands are a kernel of one thread that looks at the device's clock. */
final class CudaSpinDevice implements SpinDevice {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  // struct Counted in spin.cu
  private static final long COUNTED_BYTES = 16;
  private static final long BEGUN = 8;
  private static final long ENDED = 12;
  private static final VarHandle INT = JAVA_INT.varHandle();

  private final CudaContext context;
  private final CudaModule kernels;
  private final CudaKernel busy;
  private final CudaKernel counted;
  private final HostBuffer counts;
  private final CudaStream bareStream;
  private final BareStream bare;

  private CudaSpinDevice(CudaContext context, CudaModule kernels) {
    this.context = context;
    this.kernels = kernels;
    busy = kernels.kernel("busy");
    counted = kernels.kernel("counted");
    counts = context.allocateHost(COUNTED_BYTES);
    counts.segment().fill((byte) 0);
    bareStream = context.newStream();
    bare = BareStream.enter(bareStream);
  }

  /**
   * Opens the GPU of this label, and compiles the kernels.
   *
   * @throws dev.overtake.platform.cuda.CudaException if there is none, or no NVRTC
   */
  static CudaSpinDevice open(String label) {
    CudaContext context = CudaDevice.named(label).openPrimaryContext();
    try {
      return new CudaSpinDevice(context, context.compile("spin.cu", source()));
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  private static String source() {
    try (InputStream stream = CudaSpinDevice.class.getResourceAsStream("spin.cu")) {
      return new String(Objects.requireNonNull(stream, "spin.cu").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return context.device().name();
  }

  @Override
  public HwQueue openQueue(PreemptionLevel level) {
    CudaHwQueue queue;
    try (CudaStream stream = context.newStream()) { // It lasts as long as the queue.
      queue = stream.openQueue(level);
    }
    if (queue.maxLevel().compareTo(level) < 0) {
      queue.close();
      throw new UnsupportedOperationException(
          "the driver has too few connections for %s: see CUDA_DEVICE_MAX_CONNECTIONS"
              .formatted(level));
    }
    return queue;
  }

  @Override
  public Supplier<CudaCommand> spinning(long nanos) {
    var bound = busy.bind(nanos);
    return () -> bound.launch(ONE_THREAD);
  }

  @Override
  public Supplier<CudaCommand> counted(long nanos) {
    counts.segment().set(JAVA_LONG, 0, nanos);
    var bound = counted.bind(counts);
    return () -> bound.launch(ONE_THREAD);
  }

  @Override
  public int begun() {
    return (int) INT.getAcquire(counts.segment(), BEGUN);
  }

  @Override
  public int ended() {
    return (int) INT.getAcquire(counts.segment(), ENDED);
  }

  @Override
  public long launchBare(Supplier<? extends Command> commands, int count) {
    var command = (CudaCommand) commands.get();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      bare.launch(command);
    }
    bare.synchronize();
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    bare.close();
    bareStream.close();
    counts.close();
    kernels.close();
    context.close();
  }
}
