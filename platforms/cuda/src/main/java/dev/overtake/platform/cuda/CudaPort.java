package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.Command;
import dev.overtake.driver.CompletionWatch;
import dev.overtake.driver.Domain;
import dev.overtake.driver.EventProgress;
import dev.overtake.driver.FailureReport;
import dev.overtake.driver.Progress;
import dev.overtake.driver.StreamPort;
import org.jspecify.annotations.Nullable;

/** A stream as queues see it. */
final class CudaPort implements StreamPort, EventProgress.Events {
  private final CudaStream stream;
  private final CompletionWatch watch;

  CudaPort(CudaStream stream) {
    this.stream = stream;
    watch = CudaContext.watch(stream.device());
  }

  @Override
  public String api() {
    return "CUDA";
  }

  @Override
  public String device() {
    return "cuda:" + stream.device().pciBusId();
  }

  @Override
  public CompletionWatch watch() {
    return watch;
  }

  @Override
  public Domain domain() {
    return stream.context().domain();
  }

  @Override
  public @Nullable Domain knownDomain() {
    CudaContext known = stream.knownContext();
    return known == null ? null : known.domain();
  }

  @Override
  public void launch(Command command, FailureReport failures) {
    CudaContext context = stream.context();
    // From here to leave() nothing may block: a virtual thread could go on upon another carrier.
    long before = context.enter();
    try {
      CudaDriver.requireNoCapture(stream.handle());
      ((CudaCommand) command).launch(stream, failures);
    } finally {
      context.leave(before);
    }
  }

  /**
   * Words only for who needs gates: between two commands an event takes the device no time, and a
   * write some microseconds.
   */
  @Override
  public Progress openProgress(boolean gated) {
    if (!gated) {
      return new EventProgress(this);
    }
    CudaContext context = stream.context();
    SignalPool signals = context.signals();
    SignalPool.Slot slot = signals == null ? null : signals.take();
    return slot == null
        ? new EventProgress(this)
        : new BatchedSignals(slot, context, stream.handle(), 0);
  }

  @Override
  public boolean isDone() {
    return stream
        .context()
        .call(
            () -> {
              CudaDriver.requireNoCapture(stream.handle());
              return CudaDriver.isStreamDone(stream.handle());
            });
  }

  @Override
  public void synchronize() {
    CudaContext.unlessLost(
        () ->
            stream
                .context()
                .run(
                    () -> {
                      CudaDriver.requireNoCapture(stream.handle());
                      CudaDriver.synchronizeStream(stream.handle());
                    }));
  }

  @Override
  public void leave() {
    stream.leave();
  }

  // ---- its events

  @Override
  public long create() {
    return stream.context().call(() -> CudaDriver.createEvent(CudaDriver.EVENT_DISABLE_TIMING));
  }

  @Override
  public void record(long event) {
    long before = stream.context().enter();
    try {
      CudaDriver.requireNoCapture(stream.handle()); // It would end one elsewhere.
      CudaDriver.recordEvent(event, stream.handle());
      CudaDriver.requireNoCapture(stream.handle()); // Begun just now, it has it.
    } finally {
      stream.context().leave(before);
    }
  }

  /** No context has to be current for that. */
  @Override
  public boolean isReached(long event) {
    return CudaDriver.isEventDone(event);
  }

  @Override
  public void destroy(long event) {
    CudaContext context = stream.context();
    if (!context.isGone()) {
      CudaContext.unlessLost(() -> context.run(() -> CudaDriver.destroyEvent(event)));
    }
  }
}
