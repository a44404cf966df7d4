package dev.overtake.platform.hip;

import dev.overtake.core.xqueue.Command;
import dev.overtake.driver.CompletionWatch;
import dev.overtake.driver.Domain;
import dev.overtake.driver.EventProgress;
import dev.overtake.driver.FailureReport;
import dev.overtake.driver.Progress;
import dev.overtake.driver.StreamPort;
import org.jspecify.annotations.Nullable;

/** A stream as queues see it. */
final class HipPort implements StreamPort, EventProgress.Events {
  private final HipStream stream;

  HipPort(HipStream stream) {
    this.stream = stream;
  }

  @Override
  public String api() {
    return "HIP";
  }

  @Override
  public String device() {
    return "hip:" + stream.device().pciBusId();
  }

  @Override
  public CompletionWatch watch() {
    return stream.device().watch();
  }

  @Override
  public Domain domain() {
    return stream.device().domain();
  }

  @Override
  public @Nullable Domain knownDomain() {
    HipDevice known = stream.knownDevice();
    return known == null ? null : known.domain();
  }

  @Override
  public void launch(Command command, FailureReport failures) {
    HipDevice device = stream.device();
    // From here to leave() nothing may block: a virtual thread could go on upon another carrier.
    int before = device.enter();
    try {
      if (!stream.isDefault()) { // Of that one the answer is about all devices' captures.
        Hip.requireNoCapture(stream.handle());
      }
      ((HipCommand) command).launch(stream, failures);
    } finally {
      device.leave(before);
    }
  }

  /**
   * Words only for who needs gates: to AMD's runtime a write in a stream is a kernel of its own.
   */
  @Override
  public Progress openProgress(boolean gated) {
    SignalPool signals = gated ? stream.device().signals() : null;
    return signals == null ? new EventProgress(this) : signals.open(stream);
  }

  @Override
  public boolean isDone() {
    return stream
        .device()
        .call(
            () -> {
              Hip.requireNoCapture(stream.handle());
              return Hip.isStreamDone(stream.handle());
            });
  }

  @Override
  public void synchronize() {
    HipDevice.unlessLost(stream::synchronize);
  }

  @Override
  public void leave() {
    stream.leave();
  }

  // ---- its events

  @Override
  public long create() {
    return stream.device().call(() -> Hip.createEvent(Hip.EVENT_DISABLE_TIMING));
  }

  @Override
  public void record(long event) {
    int before = stream.device().enter();
    try {
      Hip.requireNoCapture(stream.handle()); // It would end one elsewhere.
      Hip.recordEvent(event, stream.handle());
      Hip.requireNoCapture(stream.handle()); // Begun just now, it has it.
    } finally {
      stream.device().leave(before);
    }
  }

  @Override
  public boolean isReached(long event) {
    return stream.device().call(() -> Hip.isEventDone(event));
  }

  @Override
  public void destroy(long event) {
    HipDevice.unlessLost(() -> stream.device().run(() -> Hip.destroyEvent(event)));
  }
}
