package dev.overtake.platform.cuda;

import dev.overtake.driver.SignalProgress;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the driver offers it: what is launched goes there in the calling thread, with nothing
 * between, and nobody can stop it. What a queue costs is measured against this.
 *
 * <p>Confined to the thread that entered it, a platform thread: the stream's context is current
 * there until {@link #close}. Nothing looks whether what a command uses is still open.
 */
public final class BareStream implements AutoCloseable {
  private final CudaStream stream;
  private final long before;
  private @Nullable SignalProgress gates;

  private BareStream(CudaStream stream, long before) {
    this.stream = stream;
    this.before = before;
  }

  /** Makes the stream's context current in the calling thread. */
  public static BareStream enter(CudaStream stream) {
    return new BareStream(stream, stream.context().enter());
  }

  /**
   * Makes the calls of the driver that the command stands for. A command can be launched so any
   * number of times. What a host function throws is told to nobody.
   *
   * @throws CudaStatusException if the driver refuses
   */
  public void launch(CudaCommand command) {
    command.enqueue(stream, (_, _) -> {});
  }

  /**
   * Puts an open gate behind everything, as a queue of level 2 does before a command.
   *
   * @throws UnsupportedOperationException if no gate is to be had: of a device that cannot wait for
   *     a word of host memory, or while a queue of another {@link CudaContext} of the same context
   *     is suspended
   */
  public void gate() {
    if (gates == null) {
      if (!(new CudaPort(stream).openProgress(true) instanceof SignalProgress opened)) {
        throw new UnsupportedOperationException(
            "no gate is to be had now on " + stream.device().label());
      }
      gates = opened;
    }
    var _ = gates.place();
  }

  /** Waits until the device has done everything in the stream. */
  public void synchronize() {
    CudaDriver.synchronizeStream(stream.handle());
  }

  /** The thread has the context again that it had; what is in the stream runs on. */
  @Override
  public void close() {
    try {
      if (gates != null) {
        gates.close();
      }
    } finally {
      stream.context().leave(before);
    }
  }
}
