package dev.overtake.platform.cuda;

import dev.overtake.driver.FailureReport;
import java.util.List;

/** A copy from one context to another, which may be on different devices. */
final class PeerCopy extends CudaCommand {
  private final DeviceBuffer from;
  private final DeviceBuffer to;

  PeerCopy(DeviceBuffer from, DeviceBuffer to) {
    super(List.of(from, to));
    this.from = from;
    this.to = to;
  }

  /** The queue may be of either side. */
  @Override
  void requireUsableIn(CudaContext user) {
    if (from.context().handle() != user.handle()) {
      to.requireUsableIn(user);
    }
  }

  @Override
  void enqueue(CudaStream stream, FailureReport failures) {
    CudaDriver.copyToPeer(
        to.pointer(),
        to.context().handle(),
        from.pointer(),
        from.context().handle(),
        from.bytes(),
        stream.handle());
  }
}
